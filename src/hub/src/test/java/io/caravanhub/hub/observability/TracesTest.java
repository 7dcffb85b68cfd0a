package io.caravanhub.hub.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.RunningHub;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** One trace from what a device publishes to the call that the FSM gets, over the outbox. */
class TracesTest {

  @Test
  void aTraceLeadsFromThePublishToTheCallOfTheFsm() throws Exception {
    try (SpanReceiver receiver = new SpanReceiver()) {
      // Contexts of one name share their Quartz scheduler, which the first to stop takes away.
      RunningHub hub =
          RunningHub.another(
              "--camel.main.name=traced", "--hub.otel.endpoint=" + receiver.endpoint());
      try (BusyHub busy = new BusyHub(hub)) {
        PublishTrace.leadsToTheFsm(busy, receiver);
        aSendersTraceDoesNotCount(busy, receiver);
      } finally {
        hub.stop();
      }
    }
  }

  @Test
  void aPartOfTheTracesIsRecordedAndEachOfThemWhole() {
    int recorded = 0;
    try (SdkTracerProvider provider = provider(new SimpleMeterRegistry())) {
      Tracer tracer = provider.get("test");
      for (int i = 0; i < 2000; i++) {
        Span first = tracer.spanBuilder("ingest").setNoParent().startSpan();
        Context sent = Traces.read(TraceContext.of(first.getSpanContext()));
        Span later = tracer.spanBuilder("store").setParent(sent).startSpan();
        assertThat(later.isRecording()).isEqualTo(first.isRecording());
        recorded += first.isRecording() ? 1 : 0;
      }
    }
    assertThat(recorded).isBetween(350, 650);
  }

  @Test
  void spansThatTheCollectorDoesNotTakeAreCounted() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (SdkTracerProvider provider = provider(meters)) {
      Tracer tracer = provider.get("test");
      int ended = 0;
      while (ended < 100) {
        Span span = tracer.spanBuilder("ingest").setNoParent().startSpan();
        ended += span.isRecording() ? 1 : 0;
        span.end();
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> meters.counter("hub.trace.spans", "fate", "refused").count() == 100);
    }
    assertThat(meters.counter("hub.trace.spans", "fate", "taken").count()).isZero();
  }

  /** A quarter of the traces, to a collector that is away. */
  private static SdkTracerProvider provider(SimpleMeterRegistry meters) {
    return new TracingConfiguration().traceProvider("http://127.0.0.1:1", 0.25, meters);
  }

  private static void aSendersTraceDoesNotCount(BusyHub busy, SpanReceiver receiver)
      throws Exception {
    String theirs = "0af7651916cd43dd8448eb211c80319c";
    String reading =
        "{\"device_id\": \"%s\", \"timestamp\": \"%s\", \"metrics\": {\"temperature\": 20}}"
            .formatted(busy.device.serial(), Instant.now());
    int before = receiver.traces().size();
    HttpRequest request =
        HttpRequest.newBuilder(busy.hub.uri("/api/v1/telemetry/ingest"))
            .POST(BodyPublishers.ofString("[" + reading + "]"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + busy.device.token())
            .header("hub-traceparent", "00-" + theirs + "-b7ad6b7169203331-01")
            .build();
    assertThat(busy.hub.send(request).status()).isEqualTo(202);
    await().atMost(Duration.ofSeconds(60)).until(() -> receiver.traces().size() > before);
    assertThat(receiver.traces()).doesNotContain(theirs);
  }
}
