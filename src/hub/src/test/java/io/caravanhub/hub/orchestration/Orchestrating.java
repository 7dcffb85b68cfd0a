package io.caravanhub.hub.orchestration;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.rules.Detections;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A tenant with a device whose events lead to actions, on the database. */
abstract class Orchestrating {
  static final Acting ACTING = new Acting();

  final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  String tenant;
  RuleDevice device;

  @BeforeEach
  void takeATenant() {
    tenant = TestDatabase.tenant();
    device =
        Detections.device(
            tenant, TestDatabase.device(tenant, "RTU-9", "rooftop_unit", "One"), "roof-9");
  }

  @AfterEach
  void leaveNothingToDo() {
    TestDatabase.owner()
        .sql("update actions set state = 'CANCELLED' where tenant_id = ?")
        .param(tenant)
        .update();
  }

  void raise(String family, String type, Instant onset) {
    ACTING.eventLog.record(
        Detections.of(
            Detection.Kind.RAISE,
            device,
            "r-" + family + "-" + type.replace('_', '-'),
            family,
            type,
            onset,
            onset));
  }

  void policy(String yaml) {
    Policy policy = PolicyReader.single(yaml);
    put(
        "insert into policies (id, tenant_id, definition) values ('"
            + policy.id()
            + "', ?, ?::jsonb)",
        policy.written());
  }

  void book(String name, String yaml) {
    put(
        "insert into policy_books (name, tenant_id, version, definition, author) values ('"
            + name
            + "', ?, 1, ?::jsonb, '')",
        io.caravanhub.core.rule.YamlField.parse(yaml).plain());
  }

  void put(String sql, Object definition) {
    try {
      String json =
          new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(definition);
      TestDatabase.owner().sql(sql).params(tenant, json).update();
      ACTING.policies.refresh();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  List<String> actions() {
    return as(
        () ->
            ACTING
                .jdbc
                .sql(
                    "select family || ' ' || kind || ' ' || state from actions order by created_at")
                .query(String.class)
                .list());
  }

  String summary(String family) {
    return as(
        () ->
            ACTING
                .jdbc
                .sql(
                    "select x.summary from event_explanations x join events e on e.id = x.event_id"
                        + " where e.family = ? order by x.id desc limit 1")
                .param(family)
                .query(String.class)
                .single());
  }

  String text(String sql) {
    return as(() -> ACTING.jdbc.sql(sql).query(String.class).single());
  }

  <T> T as(Supplier<T> work) {
    return TenantScope.call(tenant, work);
  }
}
