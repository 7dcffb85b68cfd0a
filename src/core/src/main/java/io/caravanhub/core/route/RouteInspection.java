package io.caravanhub.core.route;

import io.caravanhub.core.route.RouteOutline.Item;
import io.caravanhub.core.route.RouteOutline.Word;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.jspecify.annotations.Nullable;

/**
 * Checks what can be known about a file before a running route is touched: its ids, the properties,
 * components and policies it names.
 */
final class RouteInspection {
  private static final List<String> POLICY = List.of("routeConfiguration");

  private final CamelContext context;
  private final Model model;
  private final Owners owners;

  /** Knows which file an id of the running routes comes from. */
  interface Owners {
    /** The file that holds the id, see {@link #key}, or null. */
    @Nullable Path of(String key);
  }

  RouteInspection(CamelContext context, Owners owners) {
    this.context = context;
    this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
    this.owners = owners;
  }

  /** Checks of the text alone come before Camel reads the file, see {@link #checkNames}. */
  void checkIds(RouteSource source, RouteOutline outline) throws RouteRefusal {
    checkOwnIds(source, outline);
    for (Item item : outline.items()) {
      checkOwner(source.path(), item);
    }
    for (Word step : outline.stepIds()) {
      Path owner = owners.of("step " + step.text());
      if (owner != null && !owner.equals(source.path())) {
        throw new RouteRefusal("step id '" + step.text() + "' is taken by " + owner, step.line());
      }
    }
  }

  /** Those that need no running route to compare with. */
  static void checkOwnIds(RouteSource source, RouteOutline outline) throws RouteRefusal {
    if (outline.items().isEmpty()) {
      throw new RouteRefusal("the file holds no route", 0);
    }
    Set<String> seen = new HashSet<>();
    for (Item item : outline.items()) {
      boolean policyFile = source.kind() == RouteSource.Kind.POLICY;
      if (policyFile != POLICY.contains(item.kind())) {
        throw new RouteRefusal(
            policyFile
                ? "a policy file holds routeConfigurations only, not " + item.kind()
                : "error handling belongs in routes/policy: routeConfiguration",
            item.line());
      }
      checkId(source, item);
      if (!seen.add(item.kind() + " " + item.id())) {
        throw new RouteRefusal("id '" + item.id() + "' occurs twice in this file", item.line());
      }
    }
  }

  private static void checkId(RouteSource source, Item item) throws RouteRefusal {
    if (item.kind().equals("rest") && item.id() == null) {
      return;
    }
    String id = item.id() == null ? "" : item.id();
    String name = source.name();
    if (!id.equals(name) && !id.startsWith(name + "-") || item.id() == null) {
      throw new RouteRefusal(
          item.kind()
              + " id: expected '"
              + name
              + "' (the file name), got "
              + (item.id() == null ? "none" : "'" + id + "'"),
          item.line());
    }
  }

  private void checkOwner(Path path, Item item) throws RouteRefusal {
    String id = String.valueOf(item.id());
    Path owner = owners.of(key(item));
    if (owner != null && !owner.equals(path)) {
      throw new RouteRefusal(idOf(item) + " '" + id + "' is taken by " + owner, item.line());
    }
    if (owner == null && key(item).startsWith("route ") && model.getRouteDefinition(id) != null) {
      throw new RouteRefusal(
          "route id '" + id + "' is taken by a route that comes from no file", item.line());
    }
  }

  /** Kind of id and id: routes, templates and policies have ids of their own. */
  static String key(Item item) {
    return switch (item.kind()) {
          case "kamelet", "routeTemplate" -> "template ";
          case "routeConfiguration" -> "policy ";
          case "rest" -> "rest ";
          default -> "route ";
        }
        + item.id();
  }

  private static String idOf(Item item) {
    return key(item).split(" ", 2)[0] + " id";
  }

  void checkNames(RouteOutline outline) throws RouteRefusal {
    for (Word placeholder : outline.placeholders()) {
      resolve(placeholder);
    }
    for (Word uri : outline.uris()) {
      checkComponent(uri);
    }
    for (Word policy : outline.policies()) {
      String id = resolve(policy);
      if (!id.contains("*") && model.getRouteConfigurationDefinition(id) == null) {
        throw new RouteRefusal(
            "routeConfigurationId '" + id + "': no such policy in routes/policy", policy.line());
      }
    }
  }

  /** Whether a route takes messages from inside the process only. */
  boolean inward(RouteOutline outline) {
    try {
      String from = context.resolvePropertyPlaceholders(outline.from());
      return from.matches("(direct|seda|kamelet):.*");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void checkComponent(Word uri) throws RouteRefusal {
    if (uri.text().matches("\\$?\\{.*") && !uri.text().startsWith("{{")) {
      return;
    }
    String resolved = uri.text();
    try {
      resolved = context.resolvePropertyPlaceholders(uri.text());
    } catch (IllegalArgumentException e) {
      // In a template: its parameters are known to its instances only.
      if (resolved.startsWith("{{")) {
        return;
      }
    }
    int end = resolved.indexOf(':');
    int options = resolved.indexOf('?');
    end = end < 0 ? options : end;
    String scheme = end < 0 ? resolved : resolved.substring(0, end);
    if (!scheme.contains("$") && context.getComponent(scheme) == null) {
      throw new RouteRefusal("unknown component '" + scheme + "' in " + uri.text(), uri.line());
    }
  }

  private String resolve(Word word) throws RouteRefusal {
    try {
      return context.resolvePropertyPlaceholders(word.text());
    } catch (IllegalArgumentException e) {
      throw new RouteRefusal("missing property " + word.text(), word.line());
    }
  }
}
