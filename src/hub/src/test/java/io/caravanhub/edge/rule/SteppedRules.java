package io.caravanhub.edge.rule;

import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** A gateway's rules, of which a test says when they look at the clock. */
public final class SteppedRules implements AutoCloseable {
  private static final CamelContext CONTEXT = new DefaultCamelContext();
  private final EdgeRules rules;

  /** The rules of the folder on the devices. */
  public SteppedRules(
      Path folder, Path state, List<RuleDevice> devices, EventSink sink, Clock clock) {
    rules =
        new EdgeRules(
            new EdgeRuleSettings(folder, state, "default", devices), sink, clock, 86_400_000);
    rules.start();
  }

  /** Looks at what only the clock tells. */
  public void tick() {
    rules.tick();
  }

  /** A canonical message of a device. */
  public void take(String device, byte[] body) {
    Exchange exchange = new DefaultExchange(CONTEXT);
    exchange.getMessage().setHeader(TelemetryHeaders.DEVICE, device);
    exchange.getMessage().setBody(body);
    rules.process(exchange, done -> {});
  }

  @Override
  public void close() {
    rules.stop();
  }
}
