package io.caravanhub.hub.pipeline;

import io.caravanhub.core.route.RouteFile;
import io.caravanhub.hub.api.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.api.management.ManagedCamelContext;
import org.apache.camel.api.management.mbean.ManagedRouteMBean;
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

  public RouteList(CamelContext context, @Lazy RouteFilesLifecycle files) {
    this.context = context;
    this.files = files;
  }

  /** All of them on one page. */
  public Page<Map<String, Object>> list() throws Exception {
    List<Map<String, Object>> items = new ArrayList<>();
    ManagedCamelContext managed =
        context.getCamelContextExtension().getContextPlugin(ManagedCamelContext.class);
    for (Route route : context.getRoutes()) {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("id", route.getRouteId());
      item.put("group", route.getGroup());
      item.put("description", route.getDescription());
      item.put(
          "state",
          String.valueOf(context.getRouteController().getRouteStatus(route.getRouteId()))
              .toLowerCase(java.util.Locale.ROOT));
      ManagedRouteMBean counts =
          managed == null ? null : managed.getManagedRoute(route.getRouteId());
      if (counts != null) {
        item.put("in", counts.getExchangesTotal());
        item.put("failed", counts.getExchangesFailed());
        item.put("inflight", counts.getExchangesInflight());
        item.put("mean_ms", counts.getMeanProcessingTime());
      }
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
