package io.caravanhub.edge;

import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.FieldbusStatus;
import io.caravanhub.edge.clock.ClockSegment;
import io.caravanhub.edge.clock.GatewayClock;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolStatus;
import io.caravanhub.edge.uplink.HealthPart;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the gateway itself has to say in the health message. */
final class GatewayParts {
  private record Part(String name, Supplier<Map<String, Object>> maker) implements HealthPart {
    @Override
    public Map<String, Object> report() {
      return maker.get();
    }
  }

  private GatewayParts() {}

  static List<HealthPart> of(Spool spool, FieldbusComponent fieldbus, ProcessFigures process) {
    return List.of(
        new Part("", process::report),
        new Part("", () -> clock(spool.clock())),
        new Part("spool", () -> spool(spool)),
        new Part("", () -> connections(fieldbus)));
  }

  private static Map<String, Object> clock(GatewayClock clock) {
    return row("clock_offset_ms", clock.offset());
  }

  private static Map<String, Object> spool(Spool spool) {
    SpoolStatus status = spool.status();
    Map<String, Object> report = row("records", status.records());
    report.put("bytes", status.bytes());
    report.put("max_bytes", status.maxBytes());
    report.put("oldest", oldest(spool.clock(), status));
    report.put("dropped", status.dropped());
    report.put("refused", status.refused());
    report.put("thinned", status.thinned());
    report.put("corrupt", status.corrupt());
    report.put("damaged", status.damaged());
    report.put("oversized", status.oversized());
    report.put("set_aside", status.setAside());
    return report;
  }

  private static @Nullable String oldest(GatewayClock clock, SpoolStatus status) {
    if (status.oldest() == null) {
      return null;
    }
    ClockSegment segment = clock.segment(status.oldestClock());
    Long offset = segment == null ? null : segment.offset();
    return Instant.ofEpochMilli(status.oldest() + (offset == null ? 0 : offset)).toString();
  }

  private static Map<String, Object> connections(FieldbusComponent fieldbus) {
    return row("connections", fieldbus.status().stream().map(GatewayParts::connection).toList());
  }

  private static Map<String, Object> connection(FieldbusStatus status) {
    Map<String, Object> row = row("device", status.device());
    row.put("protocol", status.protocol());
    row.put("address", status.address());
    row.put("state", status.state().name().toLowerCase(Locale.ROOT));
    row.put("last_good", status.lastGood() == null ? null : status.lastGood().toString());
    row.put("error", status.error());
    row.put("reads", status.reads());
    row.put("errors", status.errors());
    row.put("reconnects", status.reconnects());
    row.put("reads_per_s", status.readsPerSecond());
    row.put("latency_ms", status.latency());
    row.put("overruns", status.overruns());
    row.put("last_error", status.lastError() == null ? null : status.lastError().toString());
    row.put("waiting", status.waiting());
    row.put("dropped", status.dropped());
    return row;
  }

  @SuppressWarnings("NullAway") // JSON has null
  private static Map<String, Object> row(String name, @Nullable Object value) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put(name, value);
    return row;
  }
}
