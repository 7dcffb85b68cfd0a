package io.caravanhub.core.fieldbus;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Reads field devices over Modbus TCP and OPC UA. */
@Component("fieldbus")
public class FieldbusComponent extends DefaultComponent {
  @Metadata(
      description =
          "Which devices are read. When unset, the one FieldbusConnections in the registry.")
  private @Nullable FieldbusConnections connections;

  @Metadata(description = "Folder the device maps are found in.", defaultValue = "mappings")
  private String mappings = "mappings";

  private final List<FieldbusConsumer> consumers = new CopyOnWriteArrayList<>();

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    FieldbusEndpoint endpoint = new FieldbusEndpoint(uri, this);
    endpoint.setProtocol(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  /** How reading goes, device by device, over all routes that run. */
  public List<FieldbusStatus> status() {
    return consumers.stream().flatMap(consumer -> consumer.status().stream()).toList();
  }

  void started(FieldbusConsumer consumer) {
    consumers.add(consumer);
  }

  void stopped(FieldbusConsumer consumer) {
    consumers.remove(consumer);
  }

  FieldbusConnections requireConnections() {
    return connections != null
        ? connections
        : CamelContextHelper.mandatoryFindSingleByType(
            getCamelContext(), FieldbusConnections.class);
  }

  public @Nullable FieldbusConnections getConnections() {
    return connections;
  }

  /** Which devices are read. When unset, the one FieldbusConnections in the registry. */
  public void setConnections(@Nullable FieldbusConnections connections) {
    this.connections = connections;
  }

  public String getMappings() {
    return mappings;
  }

  /** Folder the device maps are found in. */
  public void setMappings(String mappings) {
    this.mappings = mappings;
  }
}
