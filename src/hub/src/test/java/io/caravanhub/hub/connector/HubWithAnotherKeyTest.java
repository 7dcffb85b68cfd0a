package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.settings.SettingException;
import io.caravanhub.testkit.cloud.FakeCloud;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.cloud.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A second hub on the database of the first, whose key is not that of the first. */
class HubWithAnotherKeyTest {
  private static final String THEIRS = Base64.getEncoder().encodeToString(new byte[32]);

  private final RunningHub hub = RunningHub.get();
  private final String admin = hub.token(RunningHub.unique("key"), "admin");
  private final Map<String, Object> settings = new HashMap<>();
  private FakeCloud cloud;

  @BeforeEach
  void start() throws IOException {
    Script script = Script.read(TestDatabase.root().resolve("connectors/oem/sensibo"));
    cloud = new FakeCloud(script, Fault.NONE);
    settings.putAll(script.credentials());
    settings.put("base_url", cloud.origin());
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  @Test
  void doesNotStartAndLeavesTheFirstAsItWas() {
    Answer made =
        hub.post("/api/v1/connections", admin, Map.of("oem", "sensibo", "settings", settings));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    Registered device = hub.device(admin, Map.of());
    worksWith(made.text("id"), device, 1);

    String database = hub.owner().sql("select current_database()").query(String.class).single();
    assertThatThrownBy(() -> starts(database, "--hub.secret.key=" + THEIRS))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(
            "HUB_SECRET_KEY: it is not the key that hubs seal credentials with on this database")
        .hasMessageContaining("give this hub theirs")
        .hasMessageNotContaining(THEIRS);
    assertThatThrownBy(() -> starts(database))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("HUB_SECRET_KEY: it is not set, and what is in ");

    worksWith(made.text("id"), device, 2);
  }

  private static void starts(String database, String... more) {
    String[] all = Arrays.copyOf(more, more.length + 1);
    all[more.length] = "--camel.main.name=" + RunningHub.unique("another-key");
    RunningHub.on(database, all).stop();
  }

  /** Opens what it has sealed, and stores. */
  private void worksWith(String connection, Registered device, int rows) {
    Answer tried = hub.post("/api/v1/connections/" + connection + "/test", admin, "");
    assertThat(tried.json().path("ok").asBoolean()).as(tried.body()).isTrue();
    Answer taken =
        hub.ingest(
            device.token(),
            "{\"device_id\":\"%s\",\"timestamp\":\"2026-01-01T00:00:0%dZ\",\"metrics\":{\"temperature\":20}}"
                .formatted(device.id(), rows));
    assertThat(taken.status()).as(taken.body()).isEqualTo(202);
    await().atMost(Duration.ofSeconds(30)).until(() -> hub.rows(device) == rows);
  }
}
