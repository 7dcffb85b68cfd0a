package io.caravanhub.hub.connector;

import io.caravanhub.hub.api.ProblemException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** {@code GET /connectors/{name}}: what a page needs to ask for a connection's settings. */
@Component("connectors")
public class ConnectorCalls {
  private final ConnectorCatalog catalog;

  ConnectorCalls(ConnectorCatalog catalog) {
    this.catalog = catalog;
  }

  /** The connector, with the JSON Schema of its settings. */
  public Map<String, Object> get(@Header("connectorName") String name) {
    Connector connector =
        catalog.find(name).orElseThrow(() -> ProblemException.notFound("connector", name));
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", connector.name());
    view.put("title", connector.title());
    view.put("description", connector.description());
    view.put("provider", connector.provider());
    view.put("kind", connector.kind());
    view.put("definition", connector.definition());
    view.put("problem", connector.problem());
    return view;
  }
}
