package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/** OPC UA over {@code opc.tcp}. */
final class OpcUaProtocol implements FieldbusProtocol {
  private static final double LONGEST_QUEUE = 10_000;

  @Override
  public String name() {
    return "opcua";
  }

  @Override
  public Set<String> mapFields() {
    return Set.of();
  }

  @Override
  public Set<String> pointFields() {
    return Set.of("node", "sampling", "queue", "discard", "deadbandPercent");
  }

  @Override
  public Set<String> options() {
    return OpcUaOptions.NAMES;
  }

  @Override
  public void check(Map<String, String> options) {
    OpcUaOptions.of(options, Duration.ofSeconds(1));
  }

  @Override
  public PlaceReader places(JsonNode map) {
    return OpcUaProtocol::place;
  }

  private static PointPlace place(JsonNode point) {
    String node = MapFields.text(point, "node");
    if (!OpcUaPlace.isNode(node)) {
      throw new IllegalArgumentException(
          "node: expected a node id like ns=2;s=Pump/Flow, ns=2;i=1001 or nsu=urn:x;s=Flow, got \""
              + node
              + "\"");
    }
    double queue = MapFields.number(point, "queue", 0);
    if (queue < 0 || queue > LONGEST_QUEUE || queue != Math.rint(queue)) {
      throw new IllegalArgumentException(
          "queue: expected a whole number from 1 to 10000, got " + point.path("queue"));
    }
    boolean oldest =
        MapFields.oneOf(point, "discard", "oldest", "oldest", "newest").equals("oldest");
    boolean percent = point.has("deadbandPercent");
    double deadband = MapFields.number(point, percent ? "deadbandPercent" : "deadband", 0);
    if (deadband < 0 || percent && deadband > 100) {
      throw new IllegalArgumentException(
          "deadbandPercent: expected 0 to 100 percent of the variable's range, got " + deadband);
    }
    double scale = Math.abs(MapFields.number(point, "scale", 1));
    return new OpcUaPlace(
        node,
        sampling(point.path("sampling")),
        (int) queue,
        oldest,
        percent || scale == 0 ? deadband : deadband / scale,
        percent);
  }

  private static double sampling(JsonNode sampling) {
    if (sampling.isMissingNode()) {
      return -1;
    }
    try {
      return Duration.parse(sampling.asText()).toMillis();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "sampling: expected PT0.1S or the like, got " + sampling, e);
    }
  }

  @Override
  public DeviceLinks links(PollTiming timing, ScheduledExecutorService clock) {
    return links(timing, clock, new KeyFolders(Path.of("pki", "opcua"), Path.of("secrets")));
  }

  @Override
  public DeviceLinks links(PollTiming timing, ScheduledExecutorService clock, KeyFolders keys) {
    return new OpcUaLinks(new OpcUaConnector(timing.request(), keys), clock);
  }
}
