package io.caravanhub.hub.pipeline;

import io.caravanhub.core.route.RouteFile;
import io.caravanhub.hub.api.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * {@code GET /routes}: running routes with their counts, then refused files with their reason.
 * Thread-safe.
 */
@Component("routeList")
public class RouteList {
  private final CamelContext context;
  private final RouteFilesLifecycle files;
  private final RouteMeter meter;

  public RouteList(CamelContext context, @Lazy RouteFilesLifecycle files, RouteMeter meter) {
    this.context = context;
    this.files = files;
    this.meter = meter;
  }

  /** All of them on one page. */
  public Page<Map<String, Object>> list() {
    List<Map<String, Object>> items = new ArrayList<>();
    for (Route route : context.getRoutes()) {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("id", route.getRouteId());
      item.put("group", route.getGroup());
      item.put("description", route.getDescription());
      item.put(
          "state",
          String.valueOf(context.getRouteController().getRouteStatus(route.getRouteId()))
              .toLowerCase(java.util.Locale.ROOT));
      RouteMeter.Counts counts = meter.of(route.getRouteId());
      item.put("in", counts.in());
      item.put("failed", counts.failed());
      items.add(item);
    }
    for (RouteFile file : files.files()) {
      if (file.state() == RouteFile.State.REFUSED) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("file", file.path().toString());
        item.put("line", file.line());
        item.put("state", "refused");
        item.put("reason", file.reason());
        item.put("running_from_before", file.routeIds());
        items.add(item);
      }
    }
    return new Page<>(items, null);
  }
}
