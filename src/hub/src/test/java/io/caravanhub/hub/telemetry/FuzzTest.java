package io.caravanhub.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.mapping.MappingComponent;
import io.caravanhub.core.mapping.MappingConstants;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.fault.Mutations;
import io.caravanhub.hub.fault.Samples;
import io.caravanhub.hub.fault.Samples.Sample;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

/** A million payloads gone wrong: each is telemetry in the end or refused, and quickly. */
class FuzzTest {
  private static final int CANONICAL = 900_000;
  private static final int MAPPED = 100_000;

  /** Of a core, so that a machine that has its cores elsewhere decides nothing. */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final ObjectMapper json = new ObjectMapper();
  private final AtomicLong usable = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong slowest = new AtomicLong();
  private final CanonicalReader reader = reader();

  private static CanonicalReader reader() {
    MetricCatalog catalog = new CatalogInMemory();
    return new CanonicalReader(
        new MeasurementReader(catalog),
        new Timestamps(Duration.ofMinutes(5), Duration.ofDays(36_500)),
        new QualityJudge(catalog, new SimpleMeterRegistry()));
  }

  private interface Reading {
    void read(Sample sample, byte[] payload) throws Exception;
  }

  @Test
  void aMillionPayloadsAreTelemetryOrRefusedAndNothingElse() throws Exception {
    many(CANONICAL, Samples.canonical(), (sample, payload) -> read(payload));
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      MappingComponent component = new MappingComponent();
      component.setCatalog(
          new FolderMappingCatalog(List.of(TestDatabase.root().resolve("mappings"))));
      context.addComponent("mapping", component);
      context.start();
      Producer mapping = context.getEndpoint("mapping:device").createProducer();
      mapping.start();
      many(
          MAPPED,
          Samples.mapped(List.of("brisk", "caravan", "halden", "tessel")),
          (sample, payload) -> {
            Exchange exchange = new DefaultExchange(context);
            exchange.getMessage().setHeader(MappingConstants.MAPPING, sample.mapping());
            exchange.getMessage().setBody(payload);
            mapping.process(exchange);
            read(exchange.getMessage().getBody());
          });
    }

    System.out.printf(
        "fault: %d payloads gone wrong: %d usable all the same, %d refused, the slowest took %d ms of a core%n",
        CANONICAL + MAPPED, usable.get(), refused.get(), slowest.get() / 1_000_000);
    assertThat(usable.get() + refused.get()).isEqualTo(CANONICAL + MAPPED);
    assertThat(usable.get()).isPositive();
    assertThat(Duration.ofNanos(slowest.get())).isLessThan(LONGEST);
  }

  private void many(int count, List<Sample> samples, Reading reading) {
    LongStream.range(0, count)
        .parallel()
        .forEach(
            number -> {
              Sample sample = samples.get((int) (number % samples.size()));
              one(sample, Mutations.of(sample.payload(), number), reading);
            });
  }

  private void one(Sample sample, byte[] payload, Reading reading) {
    long start = THREADS.getCurrentThreadCpuTime();
    try {
      reading.read(sample, payload);
      usable.incrementAndGet();
    } catch (UnusableMessageException | MappingException | JsonProcessingException e) {
      refused.incrementAndGet();
    } catch (Exception | StackOverflowError e) {
      throw new AssertionError(
          sample.mapping()
              + ": "
              + HexFormat.of().formatHex(payload, 0, Math.min(payload.length, 2_000)),
          e);
    }
    slowest.accumulateAndGet(THREADS.getCurrentThreadCpuTime() - start, Math::max);
  }

  private void read(Object body) throws Exception {
    Object parsed = body instanceof byte[] bytes ? json.readValue(bytes, Object.class) : body;
    // As the hub does, a body that is null counts as an object without fields.
    reader.read(
        parsed == null ? java.util.Map.of() : parsed, "default", "device", "mqtt", Instant.now());
  }
}
