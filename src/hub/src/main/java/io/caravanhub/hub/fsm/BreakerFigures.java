package io.caravanhub.hub.fsm;

import io.caravanhub.hub.observability.Figures;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Component;

/**
 * The breakers of FSM connections: how many are in each state, and by name, as Resilience4j's own
 * metrics call it, of so many connections, those in trouble before all others.
 */
@Component
class BreakerFigures implements Figures {
  private static final int NAMED = 50;
  private static final List<String> STATES = List.of("CLOSED", "HALF_OPEN", "OPEN");

  private final FsmLines lines;
  private final MultiGauge counts;
  private final MultiGauge named;

  BreakerFigures(FsmLines lines, MeterRegistry meters) {
    this.lines = lines;
    this.counts =
        MultiGauge.builder("hub.fsm.breakers")
            .description(
                "FSM connections that were used in the last two minutes, by the state of their breaker")
            .register(meters);
    this.named =
        MultiGauge.builder("resilience4j.circuitbreaker.state")
            .description("1 for the state in which the breaker of a tenant's FSM connection is")
            .register(meters);
    look();
  }

  @Override
  public final void look() {
    List<FsmLine> inUse = new ArrayList<>(lines.inUse());
    List<MultiGauge.Row<?>> counted = new ArrayList<>();
    for (String state : STATES) {
      counted.add(
          MultiGauge.Row.of(
              Tags.of("state", label(state)),
              inUse.stream().filter(line -> line.breaker().equals(state)).count()));
    }
    counts.register(counted, true);
    inUse.sort(Comparator.comparing(line -> line.breaker().equals("CLOSED")));
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (FsmLine line : inUse.subList(0, Math.min(NAMED, inUse.size()))) {
      String now = line.breaker();
      for (String state : STATES) {
        Tags tags =
            Tags.of(
                "name",
                line.connection().tenant() + "/" + line.connection().name(),
                "state",
                label(state));
        rows.add(MultiGauge.Row.of(tags, now.equals(state) ? 1 : 0));
      }
    }
    named.register(rows, true);
  }

  private static String label(String state) {
    return state.toLowerCase(Locale.ROOT);
  }
}
