package io.caravanhub.core.mapping;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Turn a device's payload into canonical telemetry with a JSONata mapping.
 *
 * <p>The body (bytes, text, a stream, a map or a list) is parsed once and replaced by the mapping's
 * result as a map or list. The expression sees {@code $device}, {@code $tenant} and {@code
 * $received} (epoch milliseconds).
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "mapping",
    title = "Mapping",
    syntax = "mapping:name",
    producerOnly = true,
    remote = false,
    category = {Category.TRANSFORMATION, Category.IOT},
    headersClass = MappingConstants.class)
public class MappingEndpoint extends DefaultEndpoint {
  private static final String BY_DEVICE = "device";

  @UriPath(
      description =
          "Name of the mapping, for instance halden/aerotop; device takes it from the header"
              + " hub-mapping.")
  @Metadata(required = true)
  private String name = BY_DEVICE;

  @UriParam(
      description =
          "Take the name of the mapping from the header hub-mapping, the endpoint's own name being"
              + " used when there is none.")
  private boolean dynamic;

  public MappingEndpoint(String uri, MappingComponent component) {
    super(uri, component);
  }

  @Override
  public MappingComponent getComponent() {
    return (MappingComponent) super.getComponent();
  }

  @Override
  public Producer createProducer() {
    return new MappingProducer(this);
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException("mapping: cannot be consumed from");
  }

  boolean byDevice() {
    return BY_DEVICE.equals(name);
  }

  public String getName() {
    return name;
  }

  /**
   * Name of the mapping, for instance halden/aerotop; device takes it from the header hub-mapping.
   */
  public void setName(String name) {
    this.name = name;
  }

  public boolean isDynamic() {
    return dynamic;
  }

  /**
   * Take the name from the header hub-mapping, the endpoint's own being used when there is none.
   */
  public void setDynamic(boolean dynamic) {
    this.dynamic = dynamic;
  }
}
