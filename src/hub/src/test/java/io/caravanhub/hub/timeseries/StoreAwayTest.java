package io.caravanhub.hub.timeseries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole hub while its database cannot be reached. */
class StoreAwayTest {
  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");

  @AfterEach
  void comeBack() {
    hub.databaseIsBack();
  }

  @Test
  void asksToTryAgainAndTakesTheMessageAfterwards() {
    Map<String, Object> message =
        Map.of(
            "device_id",
            device.id(),
            "timestamp",
            Instant.now().toString(),
            "metrics",
            Map.of("temperature", 20));
    hub.toDatabase().refuse();
    hub.toDatabase().cut();

    Answer away = hub.ingest(device.token(), message);

    assertThat(away.status()).as(away.toString()).isEqualTo(503);
    assertThat(away.isProblem()).isTrue();
    assertThat(away.retryAfter()).isNotEmpty();

    hub.toDatabase().restore();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> hub.ingest(device.token(), message).status() == 202);
    assertThat(hub.rows(device)).isEqualTo(1);
  }
}
