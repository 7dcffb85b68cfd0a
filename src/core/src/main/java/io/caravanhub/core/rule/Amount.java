package io.caravanhub.core.rule;

import io.caravanhub.core.detect.DetectorKind;
import io.caravanhub.core.detect.Machine;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A number that is drawn from telemetry, to be compared. */
public sealed interface Amount {

  /** The device's metrics it looks at; none for the silence of a device. */
  default List<String> metrics() {
    return List.of();
  }

  /** The history it needs to be right, in milliseconds. */
  default long lookBackMillis() {
    return 0;
  }

  /**
   * The latest value.
   *
   * @param deadband changes smaller than this are not noticed
   */
  record Latest(String metric, double deadband) implements Amount {
    @Override
    public List<String> metrics() {
      return List.of(metric);
    }
  }

  /** The latest value that any other device at the same asset sent. */
  record AtAsset(String metric, Sight sight) implements Amount {}

  /** Whether the latest value is one of those wanted: 1 or 0. */
  record State(String metric, Sight sight) implements Amount {
    @Override
    public List<String> metrics() {
      return List.of(metric);
    }
  }

  /**
   * The change over the window, or the rate of change.
   *
   * @param per what a rate is told for; null for the change over the whole window
   */
  record Change(String metric, Duration window, @Nullable Duration per) implements Amount {
    @Override
    public List<String> metrics() {
      return List.of(metric);
    }

    @Override
    public long lookBackMillis() {
      return window.toMillis();
    }
  }

  /** A statistic over a moving window. */
  record Moving(String metric, Statistic statistic, Duration window) implements Amount {
    @Override
    public List<String> metrics() {
      return List.of(metric);
    }

    @Override
    public long lookBackMillis() {
      return window.toMillis();
    }
  }

  /** Percent of the time of a moving window in which a metric was in a state. */
  record Share(String metric, Sight sight, Duration window) implements Amount {
    @Override
    public List<String> metrics() {
      return List.of(metric);
    }

    @Override
    public long lookBackMillis() {
      return StateTimeline.lookBack(window.toMillis());
    }
  }

  /** How often within a moving window a metric came into a state. */
  record Count(String metric, Sight sight, Duration window) implements Amount {
    @Override
    public List<String> metrics() {
      return List.of(metric);
    }

    @Override
    public long lookBackMillis() {
      return StateTimeline.lookBack(window.toMillis());
    }
  }

  /** Seconds since the value last moved by its last digit. */
  record Stuck(String metric, Duration reach) implements Amount {
    @Override
    public List<String> metrics() {
      return List.of(metric);
    }

    @Override
    public long lookBackMillis() {
      return reach.toMillis();
    }
  }

  /** Seconds since the device was last heard. */
  record Silence() implements Amount {}

  /** Seconds since a metric last had a good value, while its device may go on speaking. */
  record Missing(String metric, Duration reach) implements Amount {
    @Override
    public List<String> metrics() {
      return List.of(metric);
    }

    @Override
    public long lookBackMillis() {
      return reach.toMillis();
    }
  }

  /**
   * The score of a statistical detector; 0.5 is its limit.
   *
   * @param learns the history it is shown after a start
   * @param machine for zones of vibration, else null
   */
  record Score(
      DetectorKind detector, List<String> metrics, Duration learns, @Nullable Machine machine)
      implements Amount {
    public Score {
      metrics = List.copyOf(metrics);
    }

    @Override
    public long lookBackMillis() {
      return learns.toMillis();
    }
  }

  /** Whether a JSONata expression over the latest values is true: 1 or 0. */
  record Formula(RuleExpression expression) implements Amount {
    @Override
    public List<String> metrics() {
      return expression.metrics();
    }
  }

  /**
   * Whether an engineer's DRL says that it is met of the latest values: 1 or 0.
   *
   * @param name of the file in the rules folder, without {@code .drl}
   */
  record Program(String name, List<String> metrics) implements Amount {
    public Program {
      metrics = List.copyOf(metrics);
    }
  }

  /** Whether it is only known by the clock. */
  default boolean needsClock() {
    return this instanceof Silence || this instanceof Missing;
  }
}
