package io.caravanhub.hub.console;

import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.ConnectionCalls;
import io.caravanhub.hub.connector.Connector;
import io.caravanhub.hub.connector.ConnectorCatalog;
import io.caravanhub.hub.connector.ConnectorShelf;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/** The connections of the tenant in force. Thread-safe. */
@Component
class ConnectionList {
  private static final int MOST = 300;

  private final ConnectionCalls calls;
  private final ConnectorCatalog connectors;
  private final ConnectorShelf shelf;

  ConnectionList(ConnectionCalls calls, ConnectorCatalog connectors, ConnectorShelf shelf) {
    this.calls = calls;
    this.connectors = connectors;
    this.shelf = shelf;
  }

  /** Those that are shown, how many there are of each health, and how many are not shown. */
  public record Shown(List<ConnectionLine> lines, Map<String, Long> counts, int all, int more) {}

  /**
   * The list.
   *
   * @param oem a connector, or empty for all
   * @param health or empty for all
   * @param part of the name, of the connector's or of the title, or empty
   */
  Shown read(String oem, String health, String part) {
    List<ConnectionLine> all =
        calls.list(oem).items().stream().map(this::line).filter(l -> has(l, part)).toList();
    Map<String, Long> counts = new TreeMap<>();
    all.forEach(line -> counts.merge(line.health(), 1L, Long::sum));
    List<ConnectionLine> fit =
        all.stream().filter(l -> health.isEmpty() || l.health().equals(health)).toList();
    return new Shown(
        fit.stream().limit(MOST).toList(), counts, all.size(), Math.max(0, fit.size() - MOST));
  }

  /** How many connections each connector has. */
  Map<String, Long> byConnector() {
    Map<String, Long> counts = new TreeMap<>();
    calls.list("").items().forEach(c -> counts.merge(String.valueOf(c.get("oem")), 1L, Long::sum));
    return counts;
  }

  /** One of them; a page that is not there otherwise. */
  ConnectionLine find(String id) {
    try {
      return line(calls.get(id));
    } catch (ProblemException e) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
  }

  private ConnectionLine line(Map<String, Object> view) {
    String oem = String.valueOf(view.get("oem"));
    String title = connectors.find(oem).map(Connector::title).orElse(oem);
    return ConnectionLine.of(view, title, shelf.of(oem).icon());
  }

  private static boolean has(ConnectionLine line, String part) {
    String wanted = part.strip().toLowerCase(Locale.ROOT);
    return (line.name() + " " + line.oem() + " " + line.title())
        .toLowerCase(Locale.ROOT)
        .contains(wanted);
  }
}
