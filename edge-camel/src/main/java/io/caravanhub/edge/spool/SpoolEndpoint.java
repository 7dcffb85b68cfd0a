package io.caravanhub.edge.spool;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Keep a message on disk until the hub has acknowledged it.
 *
 * <p>The exchange ends well when the message is on the disk, and fails when it could not be kept.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "spool",
    title = "Spool",
    syntax = "spool:name",
    producerOnly = true,
    remote = false,
    category = {Category.DATABASE, Category.IOT},
    headersClass = SpoolHeaders.class)
public class SpoolEndpoint extends DefaultEndpoint {
  @UriPath(description = "A name for people; every spool endpoint of a gateway is the same spool.")
  @Metadata(required = true)
  private String name = "hub";

  public SpoolEndpoint(String uri, SpoolComponent component) {
    super(uri, component);
  }

  @Override
  public SpoolComponent getComponent() {
    return (SpoolComponent) super.getComponent();
  }

  @Override
  public Producer createProducer() {
    return new SpoolProducer(this, getComponent().requireSpool());
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException("spool: cannot be consumed from");
  }

  public String getName() {
    return name;
  }

  /** A name for people; every spool endpoint of a gateway is the same spool. */
  public void setName(String name) {
    this.name = name;
  }
}
