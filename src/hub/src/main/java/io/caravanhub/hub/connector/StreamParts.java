package io.caravanhub.hub.connector;

import io.caravanhub.core.stream.Folders;
import io.caravanhub.core.stream.MessageSorter;
import io.caravanhub.hub.connector.Leases.Lease;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.telemetry.ReceiptTimes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceHelper;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** What a stream is made of: its credentials, and where its messages go. Thread-safe. */
@Component
class StreamParts {
  private final CamelContext context;
  private final ConnectionSecrets secrets;
  private final CredentialRenewals renewals;
  private final DeviceSync devices;
  private final ConnectionDeviceRows rows;
  private final ConnectorMapping mappings;
  private final FaultLog faults;
  private final ReceiptTimes times;
  private final DeadLetters letters;
  private final DropFolders drops;
  private final Map<String, AsyncProducer> routes = new ConcurrentHashMap<>();

  StreamParts(
      @Lazy CamelContext context,
      ConnectionSecrets secrets,
      CredentialRenewals renewals,
      DeviceSync devices,
      ConnectionDeviceRows rows,
      ConnectorMapping mappings,
      FaultLog faults,
      ReceiptTimes times,
      DeadLetters letters,
      DropFolders drops) {
    this.context = context;
    this.secrets = secrets;
    this.renewals = renewals;
    this.devices = devices;
    this.rows = rows;
    this.mappings = mappings;
    this.faults = faults;
    this.times = times;
    this.letters = letters;
    this.drops = drops;
  }

  /** The settings and credentials, whose renewals are kept at once. */
  ConnectionAccess access(Lease lease, Connection connection) {
    Map<String, String> credentials = secrets.open(connection);
    return new ConnectionAccess(
        connection.settings(),
        credentials,
        renewed -> renewals.keep(lease, connection, credentials, renewed));
  }

  /** Where the connection's files may lie. */
  Folders folders(Connection connection) {
    return name -> drops.of(connection.tenant(), name);
  }

  /** As the tenant in force. */
  StreamSink sink(Connection connection, MessageSorter sorter) {
    return new StreamSink(
        connection,
        sorter,
        new StreamDevices(connection, devices, rows.addresses(connection.id())),
        new StreamFaults(connection, mappings, faults),
        times,
        letters,
        routes.computeIfAbsent(connection.oem(), this::route));
  }

  private AsyncProducer route(String oem) {
    try {
      AsyncProducer producer =
          context.getEndpoint("direct:connectors." + oem + "?block=false").createAsyncProducer();
      ServiceHelper.startService(producer);
      return producer;
    } catch (Exception e) {
      throw new IllegalStateException("no way to the route of " + oem, e);
    }
  }
}
