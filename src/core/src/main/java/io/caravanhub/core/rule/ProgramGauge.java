package io.caravanhub.core.rule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether an engineer's DRL says that it is met of the latest values. */
final class ProgramGauge extends Gauge {
  private final @Nullable RuleProgram program;
  private final List<Channel> inputs;
  private final long fresh;

  ProgramGauge(@Nullable RuleProgram program, List<Channel> inputs, long fresh) {
    this.fresh = fresh;
    this.program = program;
    this.inputs = inputs;
  }

  @Override
  double read(Moment now) {
    List<RuleProgram.Input> readings = new ArrayList<>(inputs.size());
    for (Channel input : inputs) {
      if (input.isFresh(now.time, fresh)) {
        double age = Math.max(0, now.time - input.series.latestTime()) / 1000.0;
        readings.add(
            new RuleProgram.Input(input.metric, input.series.latest(), input.series.text(), age));
      }
    }
    if (program == null || readings.isEmpty()) {
      return Double.NaN;
    }
    return program.isMet(readings) ? 1 : 0;
  }

  @Override
  double shown(double number) {
    return inputs.get(0).series.latest();
  }

  @Override
  @Nullable String unit() {
    return inputs.get(0).series.unit();
  }
}
