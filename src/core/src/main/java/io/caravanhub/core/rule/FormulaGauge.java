package io.caravanhub.core.rule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a JSONata expression over the latest values is true. */
final class FormulaGauge extends Gauge {
  private final RuleDevice device;
  private final Peers peers;
  private final long fresh;
  private final ExpressionCosts costs;
  private final RuleExpression expression;
  private final List<Channel> inputs;
  private final Map<String, Object> values = new HashMap<>();

  FormulaGauge(
      RuleDevice device,
      Peers peers,
      long fresh,
      ExpressionCosts costs,
      RuleExpression expression,
      List<Channel> inputs) {
    this.device = device;
    this.peers = peers;
    this.fresh = fresh;
    this.costs = costs;
    this.expression = expression;
    this.inputs = inputs;
  }

  @Override
  double read(Moment now) {
    values.clear();
    for (Channel input : inputs) {
      if (input.isFresh(now.time, fresh)) {
        put(input.metric, input.series.latest(), input.series.text());
      } else {
        Peers.Reading other = peers.atAsset(device, input.metric, now, fresh);
        if (other != null) {
          put(input.metric, other.value(), other.text());
        }
      }
    }
    return costs.of(device.tenant(), expression, values);
  }

  private void put(String metric, double value, @Nullable String text) {
    if (!Double.isNaN(value)) {
      values.put(metric, value);
    } else if (text != null) {
      values.put(metric, text);
    }
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
