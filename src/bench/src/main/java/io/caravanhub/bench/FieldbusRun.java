package io.caravanhub.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * A fieldbus route that reads as fast as it can and drops what it read, in a process of its own:
 * {@code PORT FOLDER CONNECTIONS TAGS SECONDS STEP}; the last line it writes is the figure.
 */
public final class FieldbusRun {
  private FieldbusRun() {}

  /** Measures once and ends. */
  public static void main(String[] args) throws Exception {
    int tags = Integer.parseInt(args[3]);
    Path maps = Files.createDirectories(Path.of(args[1]));
    Files.writeString(maps.resolve("bench.modbus.yaml"), map(tags, Integer.parseInt(args[5])));
    List<FieldbusConnection> connections = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      connections.add(
          new FieldbusConnection(
              "default",
              "D" + i,
              "modbus-tcp",
              "127.0.0.1:" + args[0],
              i + 1,
              "bench.modbus.yaml",
              Duration.ofMillis(1)));
    }
    FieldbusComponent component = new FieldbusComponent();
    component.setMappings(maps.toString());
    component.setConnections(protocol -> connections);
    LongAdder polls = new LongAdder();
    LongAdder bytes = new LongAdder();
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.addComponent("fieldbus", component);
      context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("fieldbus:modbus-tcp")
                  .process(
                      exchange -> {
                        polls.increment();
                        bytes.add(exchange.getMessage().getBody(byte[].class).length);
                      });
            }
          });
      context.start();
      TimeUnit.SECONDS.sleep(Integer.parseInt(args[4]));
      long pollsBefore = polls.sum();
      long bytesBefore = bytes.sum();
      Cost before = Cost.alone(ProcessHandle.current().pid());
      TimeUnit.SECONDS.sleep(Integer.parseInt(args[4]));
      Cost after = Cost.alone(ProcessHandle.current().pid());
      double seconds = (after.atNanos() - before.atNanos()) / 1e9;
      double rate = (polls.sum() - pollsBefore) * (double) tags / seconds;
      List<FieldbusStatus> status = component.status();
      System.out.println(
          new ObjectMapper()
              .writeValueAsString(
                  Map.of(
                      "tags_per_second", rate,
                      "cores", after.coresSince(before),
                      "json_mb_per_second", (bytes.sum() - bytesBefore) / seconds / 1e6,
                      "errors", status.stream().mapToLong(FieldbusStatus::errors).sum(),
                      "dropped", status.stream().mapToLong(FieldbusStatus::dropped).sum(),
                      "latency_ms",
                          status.stream()
                              .mapToDouble(FieldbusStatus::latency)
                              .average()
                              .orElse(0))));
    }
    System.exit(0);
  }

  private static String map(int tags, int step) {
    StringBuilder map = new StringBuilder("protocol: modbus-tcp\npoints:\n");
    for (int i = 0; i < tags; i++) {
      map.append(
          "  - {metric: tag_%d, address: %d, type: float32, unit: Cel}\n".formatted(i, step * i));
    }
    return map.toString();
  }
}
