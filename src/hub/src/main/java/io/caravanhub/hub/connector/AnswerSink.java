package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.cloud.PollSink;
import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.connector.Leases.Lease;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** The answers of one poll. Each is committed before the next is asked for. Not thread-safe. */
final class AnswerSink implements PollSink {
  private static final String INVENTORY = "inventory ";
  private final Lease lease;
  private final Connection connection;
  private final Cloud cloud;
  private final ProducerTemplate routes;
  private final Leases leases;
  private final DeviceSync devices;
  private final FaultLog faults;
  private final Set<String> unread = new HashSet<>();
  private final Map<String, String> inventories = new TreeMap<>();
  private Map<String, String> state;
  private long parts;
  private long held;

  AnswerSink(
      Lease lease,
      Connection connection,
      Cloud cloud,
      ProducerTemplate routes,
      Leases leases,
      DeviceSync devices,
      FaultLog faults) {
    this.lease = lease;
    this.held = lease.askedNanos();
    this.connection = connection;
    this.state = connection.position();
    this.cloud = cloud;
    this.routes = routes;
    this.leases = leases;
    this.devices = devices;
    this.faults = faults;
  }

  /** A hub that stood still may have lost the lease, and finds that out before it asks a cloud. */
  @Override
  public void asking() {
    keep();
    if (leases.epoch(lease, held) == 0) {
      throw new LeaseLostException();
    }
  }

  /** An answer of many pages takes longer than the lease, which each request and window keeps. */
  private void keep() {
    long now = System.nanoTime();
    if (now - held > leases.term().toNanos() / 4) {
      leases.hold(lease);
      held = now;
    }
  }

  @Override
  public void take(Fetched fetched) {
    keep();
    String describes = fetched.request().inventory();
    if (describes != null) {
      DeviceSync.Seen named = devices.saw(connection, mapping(describes), fetched.parts());
      if (!named.whole()) {
        unread.add(fetched.request().name());
      }
    }
    String measures = fetched.request().mapping();
    if (measures != null && !fetched.parts().isEmpty()) {
      send(fetched.parts().stream().map(part -> message(part, mapping(measures))).toList());
      parts += fetched.parts().size();
    }
    String tells = fetched.request().faults();
    if (tells != null) {
      faults.saw(connection.tenant(), connection.oem(), mapping(tells), fetched.parts(), true);
    }
  }

  private String mapping(String name) {
    return connection.oem() + "/" + name;
  }

  private static PartMessage message(Part part, String mapping) {
    return new PartMessage(
        part.device(), mapping, part.json().toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Through the connector's route; it returns when all is stored or kept as a dead letter. */
  private void send(List<PartMessage> messages) {
    Exchange done =
        routes.send(
            "direct:connectors." + connection.oem() + "?block=false",
            exchange -> {
              exchange.getMessage().setBody(messages);
              exchange.getMessage().setHeader(TelemetryHeaders.TENANT, connection.tenant());
              exchange.getMessage().setHeader(TelemetryHeaders.SOURCE, "poll:" + connection.oem());
              exchange
                  .getMessage()
                  .setHeader(TelemetryHeaders.RECEIVED, Long.toString(System.currentTimeMillis()));
            });
    Exception failure = done.getException();
    if (failure != null) {
      throw new NotCommittedException(
          failure instanceof org.apache.camel.component.direct.DirectConsumerNotAvailableException
              ? "the connector's route does not run"
              : "the answer could not be stored: " + failure.getMessage(),
          failure);
    }
  }

  @Override
  public void progress(Map<String, String> moved) {
    state = new TreeMap<>(moved);
    state.putAll(inventories);
    long now = System.nanoTime();
    leases.progress(lease, state);
    held = now;
  }

  @Override
  public void answered(CloudRequest request, Instant begun) {
    // A device that could not be read has not vanished.
    if (request.inventory() != null && !unread.contains(request.name())) {
      inventories.put(INVENTORY + request.name(), begun.toString());
    }
  }

  /**
   * After a whole round: a device has vanished when every inventory was answered since it was
   * named. Not all of them are asked in each round.
   */
  void finish() {
    if (inventories.isEmpty()) {
      return;
    }
    progress(state);
    List<Instant> answered = new ArrayList<>();
    for (CloudRequest request : cloud.requests()) {
      if (request.inventory() != null) {
        String at = state.get(INVENTORY + request.name());
        if (at == null) {
          return;
        }
        answered.add(Instant.parse(at));
      }
    }
    devices.unnamedSince(connection, Collections.min(answered));
  }

  long parts() {
    return parts;
  }
}
