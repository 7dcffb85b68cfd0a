package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.DevicePast;
import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleProgram;
import io.caravanhub.core.rule.RuleReader;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * What rules cost a reading: messages of ten metrics of one device through the engine, on one
 * thread, nothing stored; rules of the usual kinds spread over the metrics, beside others that are
 * for other devices. For figures, not for the pipeline.
 */
public final class RuleCost {
  private static final String[] METRICS = {
    "supply_air_temp", "return_air_temp", "suction_pressure", "discharge_pressure", "superheat",
    "compressor_current", "fan_current", "filter_pressure_drop", "vibration_rms", "power"
  };
  private static final String[] KINDS = {
    "{metric: %s, above: 1000, clear: 900, for: PT5M}",
    "{metric: %s, below: -1000}",
    "{metric: %s, rises: 500, within: PT15M}",
    "{metric: %s, statistic: mean, over: PT15M, above: 1000}",
    "{metric: %s, outside: [-1000, 1000], hysteresis: 5}"
  };
  private static final String[] LIMITS = {
    "{metric: %s, above: 1000}",
    "{metric: %s, below: -1000}",
    "{metric: %s, outside: [-1000, 1000]}",
    "{metric: %s, at_least: 2000}"
  };
  private static final int BATCH = 2_000;
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  private final RuleEngine engine;
  private final @Nullable RuleProgram program;
  private final RuleBook[] books;
  private final boolean swapped;
  private int book;
  private int found;
  private long second;

  /**
   * @param mine rules in force for the device
   * @param others rules for other models
   * @param swapped whether another book of the same rules is put in force before each message
   */
  public RuleCost(int mine, int others, boolean swapped) {
    this(entries(KINDS, mine, others), swapped, false);
  }

  private RuleCost(List<RuleBook.Entry> entries, boolean swapped, boolean drools) {
    this.swapped = swapped;
    this.books = new RuleBook[] {new RuleBook(entries), new RuleBook(entries)};
    this.engine = new RuleEngine(() -> books[book], new NoPast(), Clock.systemUTC(), 0);
    this.program =
        drools
            ? DrlProgram.compile(RuleDrl.of(entries.stream().map(RuleBook.Entry::rule).toList()))
            : null;
  }

  /**
   * Rules that are limits alone, which DRL can say as well.
   *
   * @param drools whether Drools judges them, in a stateless session for each message, by DRL made
   *     of their structure; else the hub's own evaluator
   */
  public static RuleCost ofLimits(int mine, boolean drools) {
    return new RuleCost(entries(LIMITS, mine, 0), false, drools);
  }

  private static List<RuleBook.Entry> entries(String[] kinds, int mine, int others) {
    List<RuleBook.Entry> entries = new ArrayList<>();
    for (int n = 0; n < mine + others; n++) {
      String when = kinds[n % kinds.length].formatted(METRICS[n / kinds.length % METRICS.length]);
      String model = n < mine ? "One" : "Other-" + n;
      String text =
          "{id: r-%d, scope: {model: %s}, when: %s, event: {type: warning, severity: low, family: f, message: m}}"
              .formatted(n, model, when);
      entries.add(
          new RuleBook.Entry(null, RuleReader.single(text, KnownMetrics.CATALOGUE), "cost"));
    }
    return entries;
  }

  /**
   * Nanoseconds of the processor for a reading, of each its median round. Their rounds are in
   * turns, so that what slows the machine down slows all of them.
   */
  public static double[] nanosPerReading(int rounds, RuleCost... costs) {
    double[][] nanos = new double[costs.length][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int n = 0; n < costs.length; n++) {
        nanos[n][round] = costs[n].round();
      }
    }
    double[] medians = new double[costs.length];
    for (int n = 0; n < costs.length; n++) {
      Arrays.sort(nanos[n]);
      medians[n] = nanos[n][rounds / 2];
    }
    return medians;
  }

  private double round() {
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    long before = clock.getCurrentThreadCpuTime();
    for (int n = 0; n < BATCH; n++) {
      judge(message());
    }
    return (double) (clock.getCurrentThreadCpuTime() - before) / BATCH / METRICS.length;
  }

  private void judge(List<Measurement> message) {
    if (program == null) {
      book = swapped ? 1 - book : book;
      found += engine.evaluate(new Telemetry("default", "d", "cost", message)).size();
    } else if (program.isMet(
        message.stream()
            .map(one -> new RuleProgram.Input(one.metric(), one.value(), one.text(), 0))
            .toList())) {
      throw new IllegalStateException("a rule is met that should not be");
    }
  }

  /** How many events the readings made; there should be none. */
  public int found() {
    return found;
  }

  /** The one device, of which nothing is stored. */
  private static final class NoPast extends DeviceHistory {
    private NoPast() {
      super(JdbcClient.create(new SimpleDriverDataSource()));
    }

    @Override
    Optional<RuleDevice> device(String tenant, String id) {
      return Optional.of(new RuleDevice("default", "d", "S", "rooftop_unit", "Acme", "One", null));
    }

    @Override
    List<DevicePast.LastEvent> lastEvents(RuleDevice device) {
      return List.of();
    }

    @Override
    List<Measurement> recent(RuleDevice device, Map<String, Long> lookBackMillis, long unjudged) {
      return List.of();
    }

    @Override
    Optional<Instant> lastHeard(RuleDevice device) {
      return Optional.empty();
    }
  }

  private List<Measurement> message() {
    second++;
    Instant ts = START.plusSeconds(second);
    List<Measurement> readings = new ArrayList<>(METRICS.length);
    for (int i = 0; i < METRICS.length; i++) {
      readings.add(Measurement.of(METRICS[i], ts, 20 + (second * 7 + i) % 13, null));
    }
    return readings;
  }
}
