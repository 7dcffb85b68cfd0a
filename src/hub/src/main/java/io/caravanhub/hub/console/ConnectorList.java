package io.caravanhub.hub.console;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.hub.connector.Connector;
import io.caravanhub.hub.connector.ConnectorCatalog;
import io.caravanhub.hub.connector.ConnectorShelf;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The connectors of the folder as the catalogue shows them. Thread-safe. */
@Component
class ConnectorList {
  private final ConnectorCatalog catalog;
  private final ConnectorShelf shelf;
  private final RouteSources routes;
  private final ConnectionList connections;

  ConnectorList(
      ConnectorCatalog catalog,
      ConnectorShelf shelf,
      RouteSources routes,
      ConnectionList connections) {
    this.catalog = catalog;
    this.shelf = shelf;
    this.routes = routes;
    this.connections = connections;
  }

  List<ConnectorCard> all() {
    List<RefusedFile> refused = routes.refused();
    Map<String, Long> counts = connections.byConnector();
    return catalog.all().stream().map(c -> card(c, refused, counts)).toList();
  }

  ConnectorCard card(Connector connector) {
    return card(connector, routes.refused(), connections.byConnector());
  }

  private ConnectorCard card(
      Connector connector, List<RefusedFile> refused, Map<String, Long> counts) {
    Cloud cloud = connector.cloud();
    return new ConnectorCard(
        connector.name(),
        connector.title(),
        connector.description(),
        connector.provider(),
        connector.kind(),
        cloud == null ? "" : cloud.auth().type(),
        cloud == null ? "" : words(cloud.interval()),
        shelf.of(connector.name()),
        problem(connector, refused),
        counts.getOrDefault(connector.name(), 0L));
  }

  private static @Nullable String problem(Connector connector, List<RefusedFile> refused) {
    if (connector.problem() != null) {
      return connector.problem();
    }
    return refused.stream()
        .filter(f -> f.file().contains("oem/" + connector.name() + "/"))
        .map(f -> f.where() + ": " + f.reason())
        .findFirst()
        .orElse(null);
  }

  /** {@code PT10M} as "10 min". */
  static String words(Duration every) {
    long seconds = every.toSeconds();
    if (seconds == 60 || seconds == 3_600 || seconds == 86_400) {
      return seconds == 60 ? "minute" : seconds == 3_600 ? "hour" : "day";
    }
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + " d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + " h";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
