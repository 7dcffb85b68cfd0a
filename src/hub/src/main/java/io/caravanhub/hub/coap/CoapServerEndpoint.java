package io.caravanhub.hub.coap;

import java.util.Objects;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Take telemetry that devices POST over CoAP (RFC 7252), answered when the exchange is done.
 *
 * <p>Camel's own coap component binds to every interface and answers 2.05 or 5.00 only. Here a
 * stored message is 2.04, one that cannot be used 4.00 with the field, and 5.03 means that the same
 * message is welcome again.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "coap-server",
    title = "CoAP Server",
    syntax = "coap-server:host:port",
    consumerOnly = true,
    category = {Category.IOT, Category.NETWORKING})
public class CoapServerEndpoint extends DefaultEndpoint {
  @UriPath
  @Metadata(required = true)
  private String host = "127.0.0.1";

  @UriPath(defaultValue = "5683")
  private int port = 5683;

  @UriParam(
      label = "security",
      secret = true,
      description =
          "identity:key (hex) of DTLS with a pre-shared key; without it the port speaks plain CoAP.")
  private @Nullable String psk;

  public CoapServerEndpoint(String uri, CoapServerComponent component) {
    super(uri, component);
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException("coap-server: only consumes");
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    CoapRights rights =
        Objects.requireNonNull(
            ((CoapServerComponent) getComponent()).getRights(), "no CoapRights in the registry");
    CoapServerConsumer consumer = new CoapServerConsumer(this, processor, rights);
    configureConsumer(consumer);
    return consumer;
  }

  public String getHost() {
    return host;
  }

  /** Address to bind to. */
  public void setHost(String host) {
    this.host = host;
  }

  public int getPort() {
    return port;
  }

  /** UDP port; 0 takes a free one. */
  public void setPort(int port) {
    this.port = port;
  }

  public @Nullable String getPsk() {
    return psk;
  }

  /** identity:key (hex) of DTLS with a pre-shared key; without it the port speaks plain CoAP. */
  public void setPsk(@Nullable String psk) {
    this.psk = psk;
  }
}
