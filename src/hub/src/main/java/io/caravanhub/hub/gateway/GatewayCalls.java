package io.caravanhub.hub.gateway;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The calls of the API that look at gateways. Thread-safe. */
@Component("gateways")
public class GatewayCalls {
  private static final Duration DAY = Duration.ofDays(1);

  private final GatewayRows rows;

  GatewayCalls(GatewayRows rows) {
    this.rows = rows;
  }

  /** {@code GET /gateways}, by serial. */
  public Page<Map<String, Object>> list(
      @Header("limit") @Nullable String limit, @Header("cursor") @Nullable String cursor) {
    int size = Page.limit(limit);
    return Page.of(
        rows.page(Page.position(cursor), size + 1).stream().map(GatewayState::summary).toList(),
        size,
        gateway -> String.valueOf(gateway.get("serial")));
  }

  /** {@code GET /gateways/{g}}, by id or serial, with its newest health as it came. */
  public Map<String, Object> get(@Header("gatewayId") String id) {
    return of(id).whole();
  }

  /** {@code GET /gateways/{g}/health}, oldest first; the last day when nothing else is asked. */
  public Page<Map<String, Object>> health(
      @Header("gatewayId") String id,
      @Header("from") @Nullable String from,
      @Header("to") @Nullable String to,
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor) {
    Fields times = Fields.of(times(from, to));
    Instant until = times.optionalInstant("to");
    Instant end = until == null ? Instant.now() : until;
    Instant given = times.optionalInstant("from");
    Instant begin = given == null ? end.minus(DAY) : given;
    int size = Page.limit(limit);
    return Page.of(
        rows.history(of(id), after(cursor, begin), end, size + 1),
        size,
        row -> String.valueOf(row.get("at")));
  }

  private static Map<String, String> times(@Nullable String from, @Nullable String to) {
    return Map.of("from", from == null ? "" : from, "to", to == null ? "" : to);
  }

  private static Instant after(@Nullable String cursor, Instant begin) {
    String position = Page.position(cursor);
    try {
      // The next after it: rows are a minute apart.
      return position == null ? begin : Instant.parse(position).plusMillis(1);
    } catch (java.time.DateTimeException e) {
      throw Page.notACursor();
    }
  }

  private GatewayState of(String id) {
    return rows.find(id).orElseThrow(() -> ProblemException.notFound("gateway", id));
  }
}
