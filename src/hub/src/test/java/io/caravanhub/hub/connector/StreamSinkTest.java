package io.caravanhub.hub.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.connector.ConnectorParts;
import io.caravanhub.core.stream.MessageSorter;
import io.caravanhub.core.stream.Received;
import io.caravanhub.core.stream.StreamFile;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.connector.StreamSink.Ready;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.telemetry.ReceiptTimes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.AsyncProducer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.service.ServiceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamSinkTest {
  private static final Instant AT = Instant.parse("2026-01-01T08:00:00Z");
  private static final String PLAN =
      """
      type: mqtt
      url: mqtt://127.0.0.1
      messages:
        - {name: units, topic: units, items: [/units], device: "{/id}", mapping: telemetry}
        - {name: many, topic: many, items: [/u, /u, /u, /u, /u, /u], device: "{/id}", mapping: telemetry}
      """;

  private final DefaultCamelContext context = new DefaultCamelContext();
  private final List<String> sent = new ArrayList<>();
  private final List<String> letters = new ArrayList<>();
  private int failing;
  private StreamSink sink;

  @BeforeEach
  void start() throws Exception {
    context.getRegistry().bind("connectorParts", new ConnectorParts());
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            onException(IllegalStateException.class)
                .handled(false)
                .logHandled(false)
                .logExhausted(false);
            from("direct:connectors.acme")
                .split(method("connectorParts", "polled"))
                .stopOnException()
                .process("connectorParts")
                .process(
                    exchange -> {
                      if (sent.size() == failing) {
                        failing = -1;
                        throw new IllegalStateException("away");
                      }
                      sent.add(
                          exchange.getMessage().getHeader(TelemetryHeaders.DEVICE)
                              + " "
                              + exchange.getMessage().getHeader(TelemetryHeaders.RECEIVED_MICROS));
                    });
          }
        });
    context.start();
    AsyncProducer route = context.getEndpoint("direct:connectors.acme").createAsyncProducer();
    ServiceHelper.startService(route);
    Connection connection =
        new Connection(
            UUID.randomUUID(),
            "acme",
            "acme",
            "acme",
            "stream",
            true,
            true,
            Map.of(),
            null,
            null,
            Map.of(),
            1,
            0,
            AT);
    DeadLetters kept =
        new DeadLetters(null, null, null) {
          @Override
          public void keep(
              String tenant,
              String device,
              String source,
              String field,
              String reason,
              byte[] payload,
              Map<String, String> headers) {
            letters.add(source + ": " + reason);
          }
        };
    sink =
        new StreamSink(
            connection,
            new MessageSorter(StreamFile.read(PLAN).messages(), name -> null),
            new StreamDevices(connection, null, Map.of()),
            new StreamFaults(connection, null, null),
            new ReceiptTimes(),
            kept,
            route);
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private static Received message(String topic, String payload) {
    return new Received(topic, payload.getBytes(UTF_8), false, AT, () -> {});
  }

  private List<Throwable> attempt(Ready ready) {
    List<Throwable> failures = new ArrayList<>();
    sink.send(ready, failures::add);
    return failures;
  }

  @Test
  void eachAttemptHasTheTimesOfTheFirst() {
    failing = 2;
    Ready ready =
        sink.ready(message("units", "{\"units\":[{\"id\":\"A\"},{\"id\":\"B\"},{\"id\":\"A\"}]}"));

    assertThat(attempt(ready).get(0)).hasRootCauseMessage("away");
    assertThat(attempt(ready)).containsExactly((Throwable) null);

    assertThat(sent).hasSize(5);
    assertThat(sent.subList(2, 4)).isEqualTo(sent.subList(0, 2));
    assertThat(sent.subList(2, 5)).doesNotHaveDuplicates();
    assertThat(sent).allMatch(s -> s.contains(" " + AT.toEpochMilli()));
  }

  @Test
  void whatCanNeverBeTakenApartIsADeadLetterAndDone() {
    failing = -1;
    String many = "{\"u\":[" + "0,".repeat(12_000) + "0]}";

    Ready ready = sink.ready(message("many", many));

    assertThat(attempt(ready)).containsExactly((Throwable) null);
    assertThat(letters).containsExactly("stream:acme: more than 50000 items in one answer");
    assertThat(sent).isEmpty();
  }
}
