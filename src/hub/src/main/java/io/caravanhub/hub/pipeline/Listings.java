package io.caravanhub.hub.pipeline;

import io.caravanhub.core.route.RouteFile;
import io.caravanhub.hub.api.Page;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** {@code GET /connectors}: what the folder holds and what of it is in use. Thread-safe. */
@Component("listings")
public class Listings {
  private final RouteFilesLifecycle files;
  private final Path connectors;

  public Listings(@Lazy RouteFilesLifecycle files, @Value("${hub.connectors}") Path connectors) {
    this.files = files;
    this.connectors = connectors;
  }

  /** Every connector folder with the state of its files. */
  public Page<Map<String, Object>> connectors() {
    Map<String, Map<String, Object>> items = new TreeMap<>();
    for (RouteFile file : files.files()) {
      if (!file.path().startsWith(connectors)
          || connectors.relativize(file.path()).getNameCount() < 3) {
        continue;
      }
      Path folder = connectors.relativize(file.path()).subpath(0, 2);
      Map<String, Object> item =
          items.computeIfAbsent(folder.toString(), n -> new LinkedHashMap<>());
      item.put("name", folder.getFileName().toString());
      item.put("kind", folder.getName(0).toString());
      item.putIfAbsent("state", "loaded");
      item.putIfAbsent("routes", new ArrayList<String>());
      if (item.get("routes") instanceof List<?> routes) {
        List<String> all = new ArrayList<>();
        routes.forEach(route -> all.add(String.valueOf(route)));
        all.addAll(file.routeIds());
        item.put("routes", all);
      }
      if (file.state() == RouteFile.State.REFUSED) {
        item.put("state", "refused");
        item.put("reason", file.summary());
      }
    }
    return new Page<>(new ArrayList<>(items.values()), null);
  }
}
