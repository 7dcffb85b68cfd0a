package io.caravanhub.core.fieldbus;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Reads field devices over Modbus, OPC UA and the like. */
@Component("fieldbus")
public class FieldbusComponent extends DefaultComponent {
  @Metadata(
      description =
          "Which devices are read. When unset, the one FieldbusConnections in the registry.")
  private @Nullable FieldbusConnections connections;

  @Metadata(description = "Folder the device maps are found in.", defaultValue = "mappings")
  private String mappings = "mappings";

  @Metadata(
      description =
          "Folder with a folder for each tenant that has device maps of its own. They go before those in mappings.")
  private @Nullable String tenantMaps;

  @Metadata(description = "Folder of keys and certificates for OPC UA.", defaultValue = "pki/opcua")
  private String pki = "pki/opcua";

  @Metadata(
      description =
          "Folder with a folder for each tenant, which its connections' passwordFile must be below."
              + " When set to nothing, it may be any file.",
      defaultValue = "secrets")
  private @Nullable String secrets = "secrets";

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

  /**
   * Writes a metric of a device and reads it back. Off unless the connection's options say {@code
   * writes: true} and the point {@code writable: true}; whatever goes wrong is a result, never an
   * exception. Does not wait.
   *
   * @param value a Number in the metric's unit, a Boolean, or a text: the name of a state
   */
  public CompletableFuture<WriteResult> write(
      String tenant, String device, String metric, Object value) {
    return consumers.stream()
        .flatMap(consumer -> consumer.write(tenant, device, metric, value).stream())
        .findFirst()
        .orElseGet(
            () ->
                CompletableFuture.completedFuture(
                    WriteResult.refused(device + " is not read over a fieldbus here")));
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

  public @Nullable String getTenantMaps() {
    return tenantMaps;
  }

  /**
   * Folder with a folder for each tenant that has device maps of its own. They go before those in
   * mappings.
   */
  public void setTenantMaps(@Nullable String tenantMaps) {
    this.tenantMaps = tenantMaps;
  }

  DeviceMaps deviceMaps() {
    return new DeviceMaps(Path.of(mappings), tenantMaps == null ? null : Path.of(tenantMaps));
  }

  public String getPki() {
    return pki;
  }

  /** Folder of keys and certificates for OPC UA. */
  public void setPki(String pki) {
    this.pki = pki;
  }

  public @Nullable String getSecrets() {
    return secrets;
  }

  /**
   * Folder with a folder for each tenant, which its connections' passwordFile must be below. When
   * set to nothing, it may be any file.
   */
  public void setSecrets(@Nullable String secrets) {
    this.secrets = secrets;
  }

  KeyFolders keys() {
    return new KeyFolders(Path.of(pki), secrets == null ? null : Path.of(secrets));
  }
}
