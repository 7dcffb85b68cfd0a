package io.caravanhub.core.route;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;

/**
 * One file made ready to be put into Camel, once.
 *
 * @param source what was read
 * @param outline what it names
 * @param builder Camel's builder, configured but not yet added
 */
record ParsedRouteFile(RouteSource source, RouteOutline outline, RouteBuilder builder) {

  /** Ids of its routes (also those made from templates). */
  List<String> routeIds() {
    return ids("route", "from", "templatedRoute");
  }

  List<String> policyIds() {
    return ids("routeConfiguration");
  }

  List<String> templateIds() {
    return ids("routeTemplate", "kamelet");
  }

  private List<String> ids(String... kinds) {
    List<String> ids = new ArrayList<>();
    for (RouteOutline.Item item : outline.items()) {
      if (List.of(kinds).contains(item.kind()) && item.id() != null) {
        ids.add(item.id());
      }
    }
    return ids;
  }
}
