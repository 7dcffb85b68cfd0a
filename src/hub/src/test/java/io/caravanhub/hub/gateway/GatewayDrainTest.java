package io.caravanhub.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.LoggerFactory;

/** How fast a gateway's backlog is taken; switched on by {@code -Dhub.drain=<batches>}. */
@EnabledIfSystemProperty(named = "hub.drain", matches = "\\d+")
class GatewayDrainTest {
  private static final int RECORDS = 1_000;
  private static final int READINGS = 5;
  private static final int UNDER_WAY = 4;

  private final RunningHub hub = RunningHub.get();
  private final LabGateway gateway = new LabGateway();

  @Test
  void drainsABacklogOfOneGatewayWithFourBatchesUnderWay() throws Exception {
    int batches = Integer.getInteger("hub.drain");
    List<Registered> devices = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      devices.add(gateway.device());
    }
    List<byte[]> packed = new ArrayList<>();
    long seq = 1;
    for (int b = 0; b < batches; b++) {
      List<Map<String, Object>> records = new ArrayList<>();
      for (int i = 0; i < RECORDS; i++, seq++) {
        records.add(record(seq, devices.get(i % devices.size()).serial()));
      }
      packed.add(LabGateway.packed(gateway.batch(records)));
    }
    long started = System.nanoTime();
    Deque<CompletableFuture<Mqtt5PublishResult>> underWay = new ArrayDeque<>();
    try (MqttDevice mqtt = gateway.connect()) {
      for (byte[] batch : packed) {
        if (underWay.size() == UNDER_WAY) {
          assertThat(underWay.remove().get(60, TimeUnit.SECONDS).getError()).isEmpty();
        }
        underWay.add(mqtt.publish(gateway.topic("batch"), batch));
      }
      for (CompletableFuture<Mqtt5PublishResult> last : underWay) {
        assertThat(last.get(60, TimeUnit.SECONDS).getError()).isEmpty();
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    long readings = (long) batches * RECORDS * READINGS;
    LoggerFactory.getLogger(GatewayDrainTest.class)
        .warn(
            "{} readings in {} batches of {} kB took {}: {} readings/s",
            readings,
            batches,
            packed.get(0).length / 1024,
            took,
            readings * 1_000 / Math.max(1, took.toMillis()));
    long stored = 0;
    for (Registered device : devices) {
      stored += hub.rows(device);
    }
    assertThat(stored).isEqualTo(readings);
  }

  private Map<String, Object> record(long seq, String device) {
    List<Map<String, Object>> measurements = new ArrayList<>();
    for (String metric :
        List.of("supply_air_temp", "return_air_temp", "humidity", "power", "compressor_current")) {
      measurements.add(Map.of("name", metric, "value", 20 + seq % 7));
    }
    return gateway.record(
        seq,
        device,
        "telemetry",
        Map.of(
            "timestamp",
            gateway.began.minusSeconds(80_000).plusMillis(200 * seq).toString(),
            "measurements",
            measurements));
  }
}
