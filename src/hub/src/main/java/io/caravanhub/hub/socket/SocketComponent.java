package io.caravanhub.hub.socket;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/**
 * Take frames of WebSocket clients on the hub's own HTTP port, each answered with its exchange's
 * body.
 */
@Component("socket")
public class SocketComponent extends DefaultComponent {
  @Metadata(autowired = true, description = "The sockets that are open.")
  private @Nullable Sockets sockets;

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    SocketEndpoint endpoint = new SocketEndpoint(uri, this);
    endpoint.setName(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  public @Nullable Sockets getSockets() {
    return sockets;
  }

  /** The sockets that are open. */
  public void setSockets(@Nullable Sockets sockets) {
    this.sockets = sockets;
  }
}
