package io.caravanhub.hub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private final Acting acting = new Acting();
  private final DeadLetters letters =
      new DeadLetters(acting.jdbc, new ObjectMapper(), new SimpleMeterRegistry());

  @Test
  void aMessageIsKeptInItsTenantWithItsReason() {
    String tenant = TestDatabase.tenant();
    letters.keep(message(tenant, "here"));
    assertThat(kept(tenant, "here")).isEqualTo(1);
    assertThat(kept("default", "here")).isZero();
  }

  @Test
  void aMessageOfATenantThatDoesNotExistIsKeptForTheOperator() {
    String payload = UUID.randomUUID().toString();
    letters.keep(message("no-such-tenant", payload));
    assertThat(kept("default", payload)).isEqualTo(1);
  }

  private long kept(String tenant, String payload) {
    return TestDatabase.count(
        acting.dataSource,
        tenant,
        "select count(*) from dead_letters where field = 'device_id' and payload = convert_to('"
            + payload
            + "', 'UTF8')");
  }

  private static Exchange message(String tenant, String payload) {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.setProperty(
        Exchange.EXCEPTION_CAUGHT, new UnusableMessageException("device_id", "unknown"));
    exchange.getMessage().setHeader(TelemetryHeaders.TENANT, tenant);
    exchange.getMessage().setHeader(TelemetryHeaders.SOURCE, "mqtt");
    exchange.getMessage().setBody(payload.getBytes(StandardCharsets.UTF_8));
    return exchange;
  }
}
