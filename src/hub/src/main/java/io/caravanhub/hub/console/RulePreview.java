package io.caravanhub.hub.console;

import io.caravanhub.core.rule.Amount;
import io.caravanhub.core.rule.Condition;
import io.caravanhub.core.rule.Limit;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.console.HistoryReader.Step;
import io.caravanhub.hub.metric.MetricCalls;
import io.caravanhub.hub.rules.BacktestReport;
import io.caravanhub.hub.rules.RuleBacktests;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** A draft on the history of one device: its metric, what it would have raised, what there was. */
@Component
class RulePreview {
  private static final Map<String, Window> WINDOWS = windows();
  private static final int MOST_ROWS = 40;

  private final RuleBacktests backtests;
  private final HistoryReader history;
  private final MetricCalls metrics;

  RulePreview(RuleBacktests backtests, HistoryReader history, MetricCalls metrics) {
    this.backtests = backtests;
    this.history = history;
    this.metrics = metrics;
  }

  /** How far back is looked, and in which steps it is drawn. */
  record Window(Duration length, Duration step) {}

  /** A stretch of an event in the drawing. */
  public record Bar(double x, double width, String css, String title) {}

  /**
   * What is shown.
   *
   * @param chart the metric the rule looks at, or null when it looks at none
   * @param would events of the draft
   * @param was events there were
   * @param report all that the backtest said
   * @param more how many events of the draft are not listed
   */
  public record Shown(
      @Nullable Chart chart,
      List<Bar> would,
      List<Bar> was,
      BacktestReport report,
      List<BacktestReport.Would> listed,
      int more) {}

  private static Map<String, Window> windows() {
    Map<String, Window> windows = new LinkedHashMap<>();
    windows.put("24h", new Window(Duration.ofDays(1), Duration.ofMinutes(6)));
    windows.put("7d", new Window(Duration.ofDays(7), Duration.ofMinutes(45)));
    windows.put("30d", new Window(Duration.ofDays(30), Duration.ofHours(3)));
    windows.put("90d", new Window(Duration.ofDays(90), Duration.ofHours(8)));
    return windows;
  }

  /** The keys of the spans, shortest first. */
  static List<String> spans() {
    return List.copyOf(WINDOWS.keySet());
  }

  /** Runs the draft over the last while of one device. */
  Shown of(Rule rule, RuleDevice device, String span) {
    Window window =
        WINDOWS.getOrDefault(span, new Window(Duration.ofDays(7), Duration.ofMinutes(45)));
    Instant end = Instant.now();
    Instant from = end.minus(window.length());
    BacktestReport report = backtests.run(rule, from, end, device.id());
    String metric = rule.when().metric();
    List<Step> steps =
        metric.isEmpty() ? List.of() : history.ofMetric(device.id(), metric, from, window.step());
    ChartDrawer drawer = new ChartDrawer(from, end, window.step());
    Chart chart =
        metric.isEmpty()
            ? null
            : drawer.draw(metric, unit(metric), null, steps, limit(rule), List.of(), List.of());
    return new Shown(
        chart,
        report.events().stream().map(event -> bar(drawer, event, end)).toList(),
        report.real().stream().map(event -> bar(drawer, event, end)).toList(),
        report,
        report.events().stream().limit(MOST_ROWS).toList(),
        Math.max(0, report.events().size() - MOST_ROWS));
  }

  private @Nullable String unit(String metric) {
    try {
      return metrics.get(metric).unit();
    } catch (ProblemException e) {
      return null;
    }
  }

  /** The limit in the unit of the metric; null where the rule compares something else. */
  private static @Nullable Double limit(Rule rule) {
    Condition.Compared first = rule.when().comparisons().get(0);
    boolean level =
        first.amount() instanceof Amount.Latest || first.amount() instanceof Amount.Moving;
    return level && first.bound().limit() instanceof Limit.Constant constant
        ? constant.value()
        : null;
  }

  private static Bar bar(ChartDrawer drawer, BacktestReport.Would event, Instant end) {
    return bar(
        drawer, event.opened(), event.cleared(), end, "sev-" + event.severity(), event.message());
  }

  private static Bar bar(ChartDrawer drawer, BacktestReport.Was event, Instant end) {
    String job = event.job() == null ? "" : ", job " + event.job();
    return bar(
        drawer,
        event.opened(),
        event.resolved(),
        end,
        event.foreseen() ? "was-foreseen" : "was-missed",
        event.rule() + " (" + event.status() + ")" + job);
  }

  private static Bar bar(
      ChartDrawer drawer,
      Instant from,
      @Nullable Instant to,
      Instant end,
      String css,
      String title) {
    double x = drawer.x(from);
    return new Bar(x, Math.max(2.5, drawer.x(to == null ? end : to) - x), css, title);
  }
}
