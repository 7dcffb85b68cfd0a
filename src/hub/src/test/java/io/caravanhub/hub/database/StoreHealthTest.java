package io.caravanhub.hub.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.RunningHub;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Health while the database is away. */
class StoreHealthTest {
  private final RunningHub hub = RunningHub.get();

  @AfterEach
  void back() {
    hub.databaseIsBack();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> health() == 200);
  }

  private int health() {
    return get("/actuator/health");
  }

  private int get(String path) {
    return hub.send(HttpRequest.newBuilder(hub.uri(path)).GET().build()).status();
  }

  @Test
  void isDownAtOnceAndNotOnlyWhenAConnectionWasWaitedFor() {
    assertThat(health()).isEqualTo(200);
    hub.toDatabase().refuse();
    hub.toDatabase().cut();

    long start = System.nanoTime();
    int status = health();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

    assertThat(status).isEqualTo(503);
    assertThat(millis).isLessThan(4_000);
    // A hub that waits for its database is not to be started anew, nor taken for another.
    assertThat(get("/actuator/health/liveness")).isEqualTo(200);
    assertThat(get("/actuator/health/readiness")).isEqualTo(200);
  }

  @Test
  void whoKnewTheMetricsBeforeKnowsThemWhileTheDatabaseIsAway() throws InterruptedException {
    String never = hub.token("default", "admin");
    assertThat(fromElsewhere("/actuator/prometheus", hub.admin())).isEqualTo(200);
    hub.toDatabase().refuse();
    hub.toDatabase().cut();
    // For so long a token is not looked up anew.
    TimeUnit.SECONDS.sleep(3);

    assertThat(fromElsewhere("/actuator/prometheus", hub.admin())).isEqualTo(200);
    assertThat(fromElsewhere("/actuator/health/readiness", never)).isEqualTo(503);
    assertThat(fromElsewhere("/api/v1/usage", hub.admin())).isEqualTo(503);
    assertThat(fromElsewhere("/actuator/prometheus", "")).isEqualTo(401);
  }

  private int fromElsewhere(String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.uri(path)).header("X-Forwarded-For", "192.0.2.1").GET();
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return hub.send(request.build()).status();
  }
}
