package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.ExpressionCosts;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleExpression;
import io.caravanhub.core.rule.RuleProgram;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.rules.BacktestReport.Was;
import io.caravanhub.hub.rules.BacktestReport.Would;
import io.caravanhub.hub.rules.RealEvents.RealEvent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code POST /rules/backtest}: a draft over the past of the devices in its scope, beside what
 * really was. Two at a time at most, a minute each: they share the machine with live telemetry.
 * Thread-safe.
 */
@Component("ruleBacktests")
public class RuleBacktests {
  private static final Duration LONGEST = Duration.ofDays(400);
  private static final long TIME_MILLIS = 60_000;
  private static final int MOST_EVENTS = 2_000;

  private final RuleLibrary library;
  private final RuleEdits edits;
  private final DeviceHistory history;
  private final StoredSeries store;
  private final RealEvents real;
  private final Semaphore room = new Semaphore(2);

  RuleBacktests(
      RuleLibrary library,
      RuleEdits edits,
      DeviceHistory history,
      StoredSeries store,
      RealEvents real) {
    this.library = library;
    this.edits = edits;
    this.history = history;
    this.store = store;
    this.real = real;
  }

  /** {@code {rule, from, to?, device?}}. */
  public BacktestReport run(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("rule", "from", "to", "device"));
    Rule rule = rule(fields);
    Instant from = fields.optionalInstant("from");
    if (from == null) {
      throw ProblemException.badField("from", "absent: expected ISO 8601");
    }
    return run(rule, from, fields.optionalInstant("to"), fields.optionalText("device"));
  }

  /**
   * A rule over the past of the caller's tenant.
   *
   * @param to now when null
   * @param device id or serial of the only device, or null for all in the rule's scope
   */
  public BacktestReport run(
      Rule rule, Instant from, @Nullable Instant to, @Nullable String device) {
    Instant now = Instant.now();
    Instant until = to == null || to.isAfter(now) ? now : to;
    if (!from.isBefore(until)) {
      throw ProblemException.badField("from", "must be before to, and not in the future");
    }
    if (Duration.between(from, until).compareTo(LONGEST) > 0) {
      throw ProblemException.badField("from", "is more than 400 days before to");
    }
    if (!room.tryAcquire()) {
      throw ProblemException.tooMany("two backtests are running already", Duration.ofSeconds(10));
    }
    try {
      return run(rule, devices(rule, device), from, until);
    } finally {
      room.release();
    }
  }

  /** The devices of the caller's tenant that the rule is for, by serial. */
  public List<RuleDevice> devices(Rule rule) {
    return devices(rule, null).stream().sorted(Comparator.comparing(RuleDevice::serial)).toList();
  }

  private Rule rule(Fields fields) {
    String draft = fields.object("rule");
    if (draft == null) {
      throw ProblemException.badField("rule", "absent: expected a rule");
    }
    try {
      return edits.read(draft.getBytes(StandardCharsets.UTF_8));
    } catch (ProblemException e) {
      throw ProblemException.badField("rule." + e.field(), String.valueOf(e.getMessage()));
    }
  }

  private List<RuleDevice> devices(Rule rule, @Nullable String only) {
    List<RuleDevice> devices =
        history.devices(CallerContext.current().tenant()).stream()
            .filter(
                device -> only == null || only.equals(device.id()) || only.equals(device.serial()))
            .toList();
    if (only != null && devices.isEmpty()) {
      throw ProblemException.notFound("device", only);
    }
    return devices.stream().filter(rule.scope()::covers).toList();
  }

  private BacktestReport run(Rule rule, List<RuleDevice> devices, Instant from, Instant to) {
    long begun = System.nanoTime();
    List<String> notes = new ArrayList<>();
    List<Detection> told = new ArrayList<>();
    long readings = 0;
    List<RuleDevice> run = new ArrayList<>();
    long deadline = begun + TIME_MILLIS * 1_000_000;
    Map<String, RuleProgram> programs = library.book().programs();
    ExpressionCosts costs = new ExpressionCosts(Clock.systemUTC());
    List<RuleDevice> tenants =
        rule.sharedMetrics().isEmpty()
            ? devices
            : history.devices(CallerContext.current().tenant());
    for (BacktestCircles.Circle circle : BacktestCircles.of(rule, devices, tenants)) {
      if (System.nanoTime() - deadline > 0) {
        notes.add("stopped after a minute: " + (devices.size() - run.size()) + " devices not run");
        break;
      }
      run.addAll(circle.judged());
      if (circle.alone()) {
        RuleDevice device = circle.judged().get(0);
        Backtest backtest = new Backtest(store, device, rule, programs, costs);
        told.addAll(backtest.run(from, to, deadline));
        readings += backtest.readings();
        noteStop(backtest.stopped(), notes);
      } else {
        BacktestGroup group =
            new BacktestGroup(store, circle.judged(), circle.asked(), rule, programs, costs);
        told.addAll(group.run(from, to, deadline));
        readings += group.readings();
        noteStop(group.stopped(), notes);
      }
    }
    noteRest(rule, costs, notes);
    return report(rule, run, from, to, told, readings, begun, notes);
  }

  private static void noteStop(boolean stopped, List<String> notes) {
    if (stopped) {
      notes.add("stopped after a minute, before the end of the span");
    }
  }

  private static void noteRest(Rule rule, ExpressionCosts costs, List<String> notes) {
    String tenant = CallerContext.current().tenant();
    for (RuleExpression expression : rule.expressions()) {
      if (costs.restsUntil(tenant, expression).isPresent()) {
        notes.add("takes too long, was not looked at to the end: " + expression);
      }
    }
  }

  private BacktestReport report(
      Rule rule,
      List<RuleDevice> devices,
      Instant from,
      Instant to,
      List<Detection> told,
      long readings,
      long begun,
      List<String> notes) {
    Map<String, String> serials = new HashMap<>();
    devices.forEach(device -> serials.put(device.id(), device.serial()));
    List<RealEvent> were = real.of(rule, serials.keySet(), from, to);
    Set<RealEvent> foreseen = new HashSet<>();
    List<Would> would = would(told, were, foreseen);
    if (would.size() > MOST_EVENTS) {
      notes.add("the first " + MOST_EVENTS + " of " + would.size() + " events are shown");
    }
    List<Was> was = were.stream().map(event -> was(event, serials, foreseen)).toList();
    return new BacktestReport(
        rule.id(),
        from,
        to,
        devices.size(),
        readings,
        (System.nanoTime() - begun) / 1_000_000,
        would.stream().limit(MOST_EVENTS).toList(),
        was,
        (int) would.stream().filter(event -> event.realEvent() != null).count(),
        were.size() - foreseen.size(),
        notes);
  }

  private static List<Would> would(
      List<Detection> told, List<RealEvent> were, Set<RealEvent> foreseen) {
    Map<String, Detection> open = new HashMap<>();
    Map<String, Detection> worst = new HashMap<>();
    List<Would> would = new ArrayList<>();
    for (Detection detection : told) {
      String key = detection.dedupKey();
      switch (detection.kind()) {
        case RAISE -> open.put(key, detection);
        case ESCALATE -> worst.put(key, detection);
        case CLEAR -> {
          Detection raised = open.remove(key);
          if (raised != null) {
            would.add(
                would(raised, worst.getOrDefault(key, raised), detection.at(), were, foreseen));
          }
        }
        case ACTIVE -> {}
      }
    }
    open.forEach(
        (key, raised) ->
            would.add(would(raised, worst.getOrDefault(key, raised), null, were, foreseen)));
    would.sort(Comparator.comparing(Would::opened));
    return would;
  }

  private static Would would(
      Detection raised,
      Detection worst,
      @Nullable Instant cleared,
      List<RealEvent> were,
      Set<RealEvent> foreseen) {
    @Nullable String same = null;
    for (RealEvent event : were) {
      if (event.device().equals(raised.device().id()) && event.overlaps(raised.onset(), cleared)) {
        foreseen.add(event);
        same = same == null ? event.id().toString() : same;
      }
    }
    return new Would(
        raised.device().id(),
        raised.device().serial(),
        worst.rule().outcome().type().label(),
        worst.rule().outcome().severity().label(),
        raised.onset(),
        raised.at(),
        cleared,
        finite(raised.value()),
        finite(raised.threshold()),
        raised.message(),
        same);
  }

  private static Was was(RealEvent event, Map<String, String> serials, Set<RealEvent> foreseen) {
    return new Was(
        event.id().toString(),
        serials.getOrDefault(event.device(), event.device()),
        event.rule(),
        event.status(),
        event.openedAt(),
        event.resolvedAt(),
        event.job(),
        event.jobState(),
        foreseen.contains(event));
  }

  private static @Nullable Double finite(double number) {
    return Double.isFinite(number) ? number : null;
  }
}
