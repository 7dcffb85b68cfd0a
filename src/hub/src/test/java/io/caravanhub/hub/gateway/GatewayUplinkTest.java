package io.caravanhub.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.spool.RecordKind;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolRecord;
import io.caravanhub.edge.spool.SpoolSettings;
import io.caravanhub.edge.uplink.HubSettings;
import io.caravanhub.edge.uplink.HubSettings.Https;
import io.caravanhub.edge.uplink.Uplink;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gateway's own uplink and the running hub: what the one sends the other takes. */
class GatewayUplinkTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final LabGateway gateway = new LabGateway();

  @ParameterizedTest
  @EnumSource(
      value = Https.class,
      names = {"ONLY", "NEVER"})
  void theHubTakesWhatTheSpoolHolds(Https https, @TempDir Path folder) {
    Registered device = gateway.device();
    try (Spool spool = new Spool(SpoolSettings.at(folder.resolve("spool.db")), new MachineTime());
        Uplink uplink = new Uplink(settings(https), spool, List::of)) {
      List<Throwable> failed = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        spool.append(
            reading(spool, device.serial(), i),
            failure -> {
              if (failure != null) {
                failed.add(failure);
              }
            });
      }
      uplink.start();
      await().atMost(LONG).until(() -> gateway.hub.rows(device) == 20);
      await().atMost(LONG).until(() -> spool.status().records() == 0);
      assertThat(failed).isEmpty();
      assertThat(uplink.way()).isEqualTo(https == Https.ONLY ? "https" : "mqtt");
      assertThat(gateway.received()).isEqualTo("{[1,21)}");
    }
  }

  private HubSettings settings(Https https) {
    return new HubSettings(
        gateway.tenant,
        gateway.serial,
        URI.create("tcp://127.0.0.1:" + gateway.hub.mqttPort()),
        URI.create(gateway.hub.uri("").toString().replaceAll("/$", "")),
        gateway.serial,
        gateway.token,
        null,
        null,
        null,
        https,
        0.5);
  }

  private static SpoolRecord reading(Spool spool, String device, int number) {
    long now = spool.clock().time().wallMillis();
    String body =
        """
        {"device_id":"%s","timestamp":"%s","measurements":[{"name":"temperature","value":%d,"unit":"Cel"}]}\
        """
            .formatted(device, Instant.ofEpochMilli(now - 60_000 + number * 1000L), 20 + number);
    return new SpoolRecord(
        device,
        RecordKind.TELEMETRY,
        spool.clock().segmentAt(now),
        now,
        body.getBytes(StandardCharsets.UTF_8));
  }
}
