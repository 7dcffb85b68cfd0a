package io.caravanhub.core.fieldbus;

import io.caravanhub.core.telemetry.Quality;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.SessionActivityListener;
import org.eclipse.milo.opcua.sdk.client.UaSession;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.jspecify.annotations.Nullable;

/**
 * An OPC UA session with one server. A read asks for the server's state, so that each is a
 * heartbeat, and for those points whose changes do not come by themselves; for all of them at
 * first, and after changes were lost.
 */
final class OpcUaLink implements DeviceLink {
  private final OpcUaClient client;
  private final DeviceMap map;
  private final @Nullable OpcUaChangeFeed feed;
  private final OpcUaLimits limits;
  private volatile boolean reading;
  private volatile boolean closed;
  private volatile boolean readWhole = true;
  private volatile @Nullable String serverState;

  /**
   * @param feed where changes come from, or null when everything is polled
   */
  OpcUaLink(
      OpcUaClient client,
      DeviceMap map,
      ReadingSink sink,
      @Nullable OpcUaChangeFeed feed,
      OpcUaLimits limits) {
    this.client = client;
    this.map = map;
    this.feed = feed;
    this.limits = limits;
    client.addSessionActivityListener(
        new SessionActivityListener() {
          @Override
          public void onSessionInactive(UaSession session) {
            if (!closed) {
              sink.lost(new IOException("the connection to the server was lost"));
            }
          }
        });
    if (feed != null) {
      feed.start(
          () -> {
            if (reading || closed) {
              readWhole = true;
              return;
            }
            var unused =
                read(map.points())
                    .whenComplete(
                        (readings, failure) -> {
                          if (readings != null && !readings.isEmpty()) {
                            sink.changed(Instant.now(), readings);
                          }
                        });
          },
          sink::lost);
    }
  }

  @Override
  public CompletableFuture<List<Reading>> read(List<DevicePoint> points) {
    reading = true;
    CompletableFuture<?> ready =
        feed == null ? CompletableFuture.completedFuture(null) : feed.begin();
    return ready
        .thenCompose(begun -> readNow(points))
        .whenComplete((readings, failure) -> reading = false);
  }

  @Override
  public CompletableFuture<WriteResult> write(DevicePoint point, Object value) {
    return new OpcUaWrite(client, point, value).run();
  }

  private CompletableFuture<List<Reading>> readNow(List<DevicePoint> asked) {
    OpcUaSubscription.Gap gap = feed == null ? null : feed.takeGap();
    boolean whole = readWhole || gap != null;
    // Once more after a gap: what was suspect because of it is good again.
    readWhole = gap != null;
    List<DevicePoint> points = whole ? map.points() : asked;
    List<DevicePoint> wanted =
        points.stream().filter(point -> whole || feed == null || !feed.isLive(point)).toList();
    List<ReadValueId> values = new ArrayList<>();
    values.add(value(NodeIds.Server_ServerStatus_State));
    wanted.forEach(point -> values.add(value(OpcUaPlace.of(point).id(client.getNamespaceTable()))));
    return limits
        .read(client, values, TimestampsToReturn.Neither)
        .thenApply(
            answers -> {
              serverState = notRunning(answers.get(0));
              List<Reading> readings = new ArrayList<>();
              for (int i = 0; i < wanted.size(); i++) {
                Reading reading = OpcUaValues.reading(wanted.get(i), answers.get(i + 1));
                readings.add(gap == null ? reading : flagged(reading, gap));
              }
              return readings;
            });
  }

  private static Reading flagged(Reading reading, OpcUaSubscription.Gap gap) {
    return reading.quality() == Quality.GOOD
        ? new Reading(reading.point(), reading.value(), Quality.SUSPECT, gap.told())
        : reading;
  }

  private static @Nullable String notRunning(DataValue state) {
    if (!(state.getValue().getValue() instanceof Integer code)) {
      return null;
    }
    ServerState known = ServerState.from(code);
    return known == null || known == ServerState.Running
        ? null
        : "the server says of itself: " + known;
  }

  static ReadValueId value(NodeId node) {
    return new ReadValueId(node, AttributeId.Value.uid(), null, QualifiedName.NULL_VALUE);
  }

  @Override
  public @Nullable String note() {
    String changes = feed == null ? null : feed.note();
    String state = serverState;
    return state == null ? changes : changes == null ? state : state + "; " + changes;
  }

  @Override
  public void close() {
    closed = true;
    if (feed != null) {
      feed.stop(false);
    }
    OpcUaConnector.close(client);
  }

  @Override
  public void abandon() {
    if (feed == null) {
      close();
      return;
    }
    closed = true;
    feed.stop(true);
    // With the line cut first, the session cannot be closed, and its subscription lives on.
    var unused =
        client.getTransport().disconnect().handle((cut, failure) -> client.disconnectAsync());
  }
}
