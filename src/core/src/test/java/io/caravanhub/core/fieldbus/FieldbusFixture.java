package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A Camel context with a fieldbus route that keeps what it is given. */
final class FieldbusFixture implements AutoCloseable {
  static final String FAST =
      "refresh=50&timeout=300&deadline=700&minBackOff=40&maxBackOff=100&queueSize=50";

  final List<FieldbusConnection> connections = new CopyOnWriteArrayList<>();
  final List<JsonNode> bodies = new CopyOnWriteArrayList<>();
  final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
  final AtomicLong received = new AtomicLong();
  volatile boolean routeFails;
  private final DefaultCamelContext context = new DefaultCamelContext();
  private final Path maps;

  FieldbusFixture(Path maps, String protocol) throws Exception {
    this(maps, protocol, FAST, true);
  }

  /**
   * @param keep whether what comes is kept; if not, it is only counted
   */
  FieldbusFixture(Path maps, String protocol, String options, boolean keep) throws Exception {
    this.maps = maps;
    FieldbusComponent component = new FieldbusComponent();
    component.setConnections(
        wanted -> connections.stream().filter(c -> c.protocol().equals(wanted)).toList());
    component.setMappings(maps.toString());
    component.setPki(maps.resolve("pki").toString());
    context.addComponent("fieldbus", component);
    ObjectMapper json = new ObjectMapper();
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            errorHandler(noErrorHandler());
            from("fieldbus:" + protocol + "?" + options)
                .process(
                    exchange -> {
                      if (routeFails) {
                        throw new IllegalStateException("the store is busy");
                      }
                      received.incrementAndGet();
                      if (!keep) {
                        return;
                      }
                      bodies.add(json.readTree(exchange.getMessage().getBody(byte[].class)));
                      exchanges.add(exchange.copy());
                    });
          }
        });
    context.start();
  }

  void map(String path, String content) throws IOException {
    Path file = maps.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  WriteResult write(String device, String metric, Object value) throws Exception {
    return context
        .getComponent("fieldbus", FieldbusComponent.class)
        .write("default", device, metric, value)
        .get(30, java.util.concurrent.TimeUnit.SECONDS);
  }

  FieldbusStatus status(String device) {
    return context.getComponent("fieldbus", FieldbusComponent.class).status().stream()
        .filter(status -> status.device().equals(device))
        .findFirst()
        .orElseThrow();
  }

  /** The last reading of a device's metric, or a missing node. */
  JsonNode last(String device, String metric) {
    for (int i = bodies.size() - 1; i >= 0; i--) {
      if (bodies.get(i).path("device_id").asText().equals(device)) {
        for (JsonNode measurement : bodies.get(i).path("measurements")) {
          if (measurement.path("name").asText().equals(metric)) {
            return measurement;
          }
        }
      }
    }
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  FieldbusComponent component() {
    return context.getComponent("fieldbus", FieldbusComponent.class);
  }

  /** Waits until the last reading of a device's metric has this value. */
  void awaitValue(String device, String metric, long value) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(last(device, metric).path("value").asLong()).isEqualTo(value));
  }

  /** Waits until the last reading of a device's metric is bad for this reason. */
  void awaitReason(String device, String metric, String reason) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(last(device, metric).path("reason").asText()).isEqualTo(reason));
  }

  /** How many readings of a metric came. */
  long count(String metric) {
    return bodies.stream()
        .flatMap(body -> body.path("measurements").findValuesAsText("name").stream())
        .filter(metric::equals)
        .count();
  }

  String header(int exchange, String name) {
    return exchanges.get(exchange).getMessage().getHeader(name, String.class);
  }

  boolean hasDevice(String device) {
    return exchanges.stream()
        .anyMatch(e -> device.equals(e.getMessage().getHeader(TelemetryHeaders.DEVICE)));
  }

  @Override
  public void close() {
    context.stop();
  }
}
