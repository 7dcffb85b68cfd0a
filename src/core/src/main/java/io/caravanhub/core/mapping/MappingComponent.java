package io.caravanhub.core.mapping;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Turns device payloads into canonical telemetry with JSONata mappings. */
@Component("mapping")
public class MappingComponent extends DefaultComponent {
  @Metadata(
      description = "Where mappings are found. When unset, the one MappingCatalog in the registry.")
  private @Nullable MappingCatalog catalog;

  @Metadata(
      label = "advanced",
      description = "How long one call may take in milliseconds.",
      defaultValue = "250")
  private long timeout = MappingBounds.DEFAULT.time().toMillis();

  @Metadata(
      label = "advanced",
      description = "How deep evaluations of one call may nest.",
      defaultValue = "300")
  private int maxDepth = MappingBounds.DEFAULT.depth();

  @Metadata(
      label = "advanced",
      description = "Size in bytes of the largest payload.",
      defaultValue = "1048576")
  private int maxInput = MappingBounds.DEFAULT.inputBytes();

  @Metadata(
      label = "advanced",
      description =
          "Size of the largest value a mapping may make, its result included: values plus characters.",
      defaultValue = "2000000")
  private int maxValues = MappingBounds.DEFAULT.values();

  private @Nullable Mappings mappings;

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    MappingEndpoint endpoint = new MappingEndpoint(uri, this);
    endpoint.setName(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  synchronized Mappings mappings() {
    if (mappings == null) {
      MappingCatalog found =
          catalog != null
              ? catalog
              : CamelContextHelper.mandatoryFindSingleByType(
                  getCamelContext(), MappingCatalog.class);
      mappings = new Mappings(found);
    }
    return mappings;
  }

  MappingBounds bounds() {
    return new MappingBounds(java.time.Duration.ofMillis(timeout), maxDepth, maxInput, maxValues);
  }

  public @Nullable MappingCatalog getCatalog() {
    return catalog;
  }

  /** Where mappings are found. When unset, the one MappingCatalog in the registry. */
  public void setCatalog(@Nullable MappingCatalog catalog) {
    this.catalog = catalog;
  }

  public long getTimeout() {
    return timeout;
  }

  /** How long one call may take in milliseconds. */
  public void setTimeout(long timeout) {
    this.timeout = timeout;
  }

  public int getMaxDepth() {
    return maxDepth;
  }

  /** How deep evaluations of one call may nest. */
  public void setMaxDepth(int maxDepth) {
    this.maxDepth = maxDepth;
  }

  public int getMaxInput() {
    return maxInput;
  }

  /** Size in bytes of the largest payload. */
  public void setMaxInput(int maxInput) {
    this.maxInput = maxInput;
  }

  public int getMaxValues() {
    return maxValues;
  }

  /** Size of the largest value a mapping may make, its result included. */
  public void setMaxValues(int maxValues) {
    this.maxValues = maxValues;
  }
}
