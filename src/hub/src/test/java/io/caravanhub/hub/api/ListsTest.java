package io.caravanhub.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every list is paged in the same way. */
class ListsTest {
  private static final int ROWS = 5;

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t");
  private final String admin = hub.token(tenant, "admin");

  @BeforeEach
  void fill() {
    Registered device = hub.device(admin, Map.of("device_type", "sensor"));
    for (int i = 1; i < ROWS; i++) {
      hub.device(admin, Map.of("device_type", "sensor"));
    }
    for (int i = 0; i < ROWS; i++) {
      hub.post("/api/v1/assets", admin, Map.of("id", "A" + i, "name", "A" + i));
    }
    for (String sql :
        List.of(
            "insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)"
                + " select '%1$s', n::text, '%2$s', 'r', 'f', 'warning', 'low', 'm', now(), now() from generate_series(1, %3$d) n",
            "insert into actions (tenant_id, event_id, kind, external_identifier, idempotency_key, payload)"
                + " select '%1$s', id, 'task', dedup_key, dedup_key, '{}' from events where tenant_id = '%1$s'",
            "insert into dead_letters (tenant_id, source, reason, payload)"
                + " select '%1$s', 'mqtt', 'r', '' from generate_series(1, %3$d) n")) {
      hub.owner().sql(sql.formatted(tenant, device.id(), ROWS)).update();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"devices", "assets", "events", "actions", "dead-letters"})
  void givesEachItemOnceAlsoWhenTheyAreOfTheSameMoment(String list) {
    List<String> ids = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = get(list + "?limit=2" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      assertThat(page.status()).as(page.body()).isEqualTo(200);
      ids.addAll(page.json().path("items").findValuesAsText("id"));
      cursor = page.json().path("cursor").isNull() ? "" : page.text("cursor");
    } while (!cursor.isEmpty() && ids.size() <= ROWS);

    assertThat(ids).hasSize(ROWS).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"events", "actions", "dead-letters"})
  void refusesACursorThatNoPageGave(String list) {
    for (String cursor : List.of("%21%21", "bm90aGluZw", "YSBi")) {
      Answer answer = get(list + "?cursor=" + cursor);

      assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
      assertThat(answer.isProblem()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"devices", "assets", "events", "actions", "dead-letters"})
  void refusesALimitThatIsNone(String list) {
    for (String limit : List.of("0", "-1", "many", "5001")) {
      Answer answer = get(list + "?limit=" + limit);

      assertThat(answer.status()).as(limit).isEqualTo(400);
      assertThat(answer.text("field")).isEqualTo("limit");
    }
  }

  private Answer get(String list) {
    return hub.get("/api/v1/" + list, admin);
  }
}
