package io.caravanhub.hub.socket;

import java.util.Objects;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Take frames of WebSocket clients on the hub's own HTTP port, each answered with its exchange's
 * body.
 *
 * <p>The client names itself at the handshake by a bearer token. Answers come in the order of the
 * frames. A socket with too many frames in flight is refused the next one.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "socket",
    title = "WebSocket Intake",
    syntax = "socket:name",
    consumerOnly = true,
    category = {Category.IOT, Category.HTTP})
public class SocketEndpoint extends DefaultEndpoint {
  @UriPath
  @Metadata(required = true)
  private String name = "";

  public SocketEndpoint(String uri, SocketComponent component) {
    super(uri, component);
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException("socket: only consumes");
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    Sockets sockets =
        Objects.requireNonNull(
            ((SocketComponent) getComponent()).getSockets(), "no Sockets in the registry");
    SocketConsumer consumer = new SocketConsumer(this, processor, sockets);
    configureConsumer(consumer);
    return consumer;
  }

  public String getName() {
    return name;
  }

  /** A name for this use of the sockets, shown in statistics. */
  public void setName(String name) {
    this.name = name;
  }
}
