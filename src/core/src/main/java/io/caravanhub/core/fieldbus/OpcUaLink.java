package io.caravanhub.core.fieldbus;

import io.caravanhub.core.telemetry.Quality;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;

/**
 * An OPC UA session with one server; every point is read in one request (Part 4, clause 5.11.2).
 */
final class OpcUaLink implements DeviceLink {
  private final OpcUaClient client;
  private final List<DevicePoint> points;
  private final List<NodeId> nodes;

  OpcUaLink(OpcUaClient client, DeviceMap map) {
    this.client = client;
    this.points = map.points();
    this.nodes = points.stream().map(point -> NodeId.parse(point.requireNode())).toList();
  }

  @Override
  public CompletableFuture<List<Reading>> read() {
    return client
        .readValuesAsync(0, TimestampsToReturn.Neither, nodes)
        .thenApply(
            values -> {
              List<Reading> readings = new ArrayList<>();
              for (int i = 0; i < points.size(); i++) {
                readings.add(reading(points.get(i), values.get(i)));
              }
              return readings;
            });
  }

  private static Reading reading(DevicePoint point, DataValue value) {
    StatusCode status = value.getStatusCode();
    Object raw = value.getValue().getValue();
    if (status.isBad()) {
      return Reading.bad(point, "the server answered " + name(status));
    }
    if (raw == null) {
      return Reading.bad(point, "the server has no value");
    }
    Object plain = raw instanceof LocalizedText text ? String.valueOf(text.text()) : raw;
    return status.isUncertain()
        ? Reading.of(point, plain, Quality.SUSPECT, "the server answered " + name(status))
        : Reading.of(point, plain);
  }

  private static String name(StatusCode status) {
    return StatusCodes.lookup(status.getValue()).map(known -> known[0]).orElse(status.toString());
  }

  @Override
  public void close() {
    client
        .disconnectAsync()
        .exceptionally(
            alreadyClosed -> {
              return null;
            });
  }
}
