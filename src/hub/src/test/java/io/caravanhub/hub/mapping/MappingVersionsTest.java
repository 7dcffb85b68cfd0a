package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Drafts, published versions, rollback, through the API. */
class MappingVersionsTest {
  private static final String FILE = "/api/v1/mappings/halden:aerotop";

  private final VersionedMapping mapping = new VersionedMapping();
  private final RunningHub hub = mapping.hub;
  private final String admin = mapping.admin;

  @Test
  void aFileIsAVersionOfItsOwnAuthor() {
    Answer file = hub.get(FILE, admin);

    assertThat(file.status()).isEqualTo(200);
    assertThat(file.tag()).isEqualTo("\"1\"");
    assertThat(file.text("author")).isEqualTo("file");
    assertThat(file.text("origin")).isEqualTo("file");
    assertThat(file.text("jsonata")).contains("SAT_F");
    assertThat(file.json().path("draft").isNull()).isTrue();
    assertThat(hub.get(FILE + "/versions", admin).json().path("items")).hasSize(1);
  }

  @Test
  void aDraftTakesEffectWhenItIsPublishedAndTheOneBeforeIsSuperseded() {
    assertThat(mapping.draft(VersionedMapping.yielding(1)).status()).isEqualTo(200);
    JsonNode drafted = mapping.get().json();
    assertThat(drafted.path("status").asText()).isEqualTo("draft");
    assertThat(drafted.at("/draft/author").asText()).isEqualTo("admin:test");
    assertThat(drafted.at("/draft/note").asText()).isEqualTo("why");
    assertThat(trial(mapping.name).status()).isEqualTo(404);

    assertThat(mapping.publish().text("version")).isEqualTo("1");
    assertThat(trial(mapping.name).json().at("/measurements/0/value").asInt()).isEqualTo(1);
    assertThat(mapping.publish(VersionedMapping.yielding(2))).isEqualTo(2);
    assertThat(trial(mapping.name).json().at("/measurements/0/value").asInt()).isEqualTo(2);

    JsonNode versions = hub.get(mapping.path + "/versions", admin).json().path("items");
    assertThat(versions).hasSize(2);
    assertThat(versions.at("/0/status").asText()).isEqualTo("published");
    assertThat(versions.at("/1/status").asText()).isEqualTo("superseded");
    assertThat(versions.at("/1/note").asText()).isEqualTo("why");
    assertThat(versions.at("/0/publishedBy").asText()).isEqualTo("admin:test");
    assertThat(hub.get(mapping.path + "/versions/1", admin).text("jsonata"))
        .isEqualTo(VersionedMapping.yielding(1));
  }

  @Test
  void savingADraftAgainUsesUpNoMoreIds() {
    VersionedMapping other = new VersionedMapping();
    for (int i = 0; i < 20; i++) {
      mapping.draft(VersionedMapping.yielding(i));
    }
    other.draft(VersionedMapping.yielding(1));

    assertThat(id(other) - id(mapping)).isBetween(1, 10);
  }

  private int id(VersionedMapping of) {
    return hub.owner()
        .sql("select id from mappings where tenant_id = ? and name = ?")
        .params(of.tenant, of.name)
        .query(Integer.class)
        .single();
  }

  @Test
  void theDifferenceOfTwoVersionsIsAUnifiedDiff() {
    mapping.publish("{\n  \"timestamp\": t,\n  \"metrics\": {\"flow\": 1}\n}");
    mapping.draft("{\n  \"timestamp\": t,\n  \"metrics\": {\"flow\": 2}\n}");

    assertThat(hub.get(mapping.path + "/versions/1/diff", admin).text("diff"))
        .isEqualTo(
            """
            --- %1$s.jsonata (version 1)
            +++ %1$s.jsonata (draft)
            @@ -1,4 +1,4 @@
             {
               "timestamp": t,
            -  "metrics": {"flow": 1}
            +  "metrics": {"flow": 2}
             }
            """
                .formatted(mapping.name));
    assertThat(hub.get(mapping.path + "/versions/1/diff?to=1", admin).text("diff")).isEmpty();
    assertThat(hub.get(mapping.path + "/versions/1/diff?to=7", admin).status()).isEqualTo(404);
  }

  @Test
  void aDraftThatDoesNotCompileIsKeptAndNeverPublished() {
    mapping.publish(VersionedMapping.yielding(1));

    Answer drafted = mapping.draft("{\n  \"metrics\": (1 + \n}");
    assertThat(drafted.status()).isEqualTo(200);
    assertThat(drafted.json().at("/draft/problem/line").asInt()).isEqualTo(3);
    assertThat(drafted.json().at("/draft/problem/column").asInt()).isPositive();
    Answer refused = mapping.publish();

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.isProblem()).isTrue();
    assertThat(refused.text("field")).isEqualTo("jsonata");
    assertThat(refused.text("detail")).startsWith("line 3, column ");
    assertThat(trial(mapping.name).json().at("/measurements/0/value").asInt()).isEqualTo(1);
  }

  @Test
  void whoSavesOverWhatTheyHaveNotSeenIsToldWhoChangedItAndWhen() {
    String seen = mapping.draft(VersionedMapping.yielding(1)).tag();
    String engineer = hub.token(mapping.tenant, "engineer");
    Map<String, String> body = Map.of("jsonata", VersionedMapping.yielding(2));
    assertThat(mapping.send("PUT", mapping.path + "/draft", engineer, seen, body).status())
        .isEqualTo(200);

    Answer late = mapping.send("PUT", mapping.path + "/draft", admin, seen, body);
    Answer unsaid = mapping.draft(VersionedMapping.yielding(3));
    Answer publish = mapping.send("POST", mapping.path + "/publish", admin, seen, Map.of());

    assertThat(late.status()).isEqualTo(412);
    assertThat(late.isProblem()).isTrue();
    assertThat(late.text("field")).isEqualTo("If-Match");
    assertThat(late.text("detail"))
        .startsWith("the draft was saved by engineer:test at 20")
        .contains("Z");
    assertThat(unsaid.status()).isEqualTo(412);
    assertThat(publish.status()).isEqualTo(412);
    assertThat(mapping.get().json().at("/draft/jsonata").asText())
        .isEqualTo(VersionedMapping.yielding(2));
    String now = mapping.get().tag();
    assertThat(mapping.send("POST", mapping.path + "/publish", admin, now, Map.of()).status())
        .isEqualTo(200);
  }

  @Test
  void aDraftWrittenOverAnOlderVersionIsPublishedOnlyBySomebodyWhoKnows() {
    hub.get(FILE, admin);
    hub.send(
        "PUT",
        FILE + "/draft",
        admin,
        RunningHub.publisher(Map.of("jsonata", "{\"metrics\": {\"flow\": 1}}")));
    hub.post(FILE + "/publish", admin, Map.of());
    hub.send(
        "PUT",
        FILE + "/draft",
        admin,
        RunningHub.publisher(Map.of("jsonata", "{\"metrics\": {\"flow\": 2}}")));
    hub.post(FILE + "/rollback", admin, Map.of("version", 1));
    Answer savedAgain =
        hub.send(
            "PUT",
            FILE + "/draft",
            admin,
            RunningHub.publisher(Map.of("jsonata", "{\"metrics\": {\"flow\": 3}}")));
    assertThat(savedAgain.json().at("/draft/basedOn").asInt()).isEqualTo(2);

    Answer refused = hub.post(FILE + "/publish", admin, Map.of());

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail")).contains("version 3 was published by admin:test");
    String tag = hub.get(FILE, admin).tag();
    assertThat(mapping.send("POST", FILE + "/publish", admin, tag, Map.of()).status())
        .isEqualTo(200);
  }

  @Test
  void anAdminsVersionWinsOverTheFileUntilItIsRolledBack() {
    hub.get(FILE, admin);
    hub.send(
        "PUT",
        FILE + "/draft",
        admin,
        RunningHub.publisher(Map.of("jsonata", "{\"metrics\": {\"flow\": 7}}")));
    assertThat(hub.post(FILE + "/publish", admin, Map.of("note", "ours")).text("origin"))
        .isEqualTo("admin");
    assertThat(trial("halden/aerotop").json().at("/measurements/0/metric").asText())
        .isEqualTo("flow");

    Answer back = hub.post(FILE + "/rollback", admin, Map.of("version", 1, "note", "not so good"));

    assertThat(back.status()).isEqualTo(200);
    assertThat(back.text("version")).isEqualTo("3");
    assertThat(back.text("origin")).isEqualTo("file");
    assertThat(back.text("note")).isEqualTo("not so good");
    assertThat(back.json().path("basedOn").asInt()).isEqualTo(1);
    assertThat(trial("halden/aerotop").json().at("/measurements/0/metric").asText())
        .isNotEqualTo("flow");
    assertThat(hub.post(FILE + "/rollback", admin, Map.of("version", 3)).status()).isEqualTo(409);
    assertThat(hub.post(FILE + "/rollback", admin, Map.of("version", 9)).status()).isEqualTo(404);
    assertThat(hub.post(FILE + "/rollback", admin, Map.of()).text("field")).isEqualTo("version");
  }

  @Test
  void anotherTenantKeepsItsOwn() {
    mapping.publish(VersionedMapping.yielding(1));
    String stranger = hub.token(RunningHub.unique("t-stranger"), "admin");

    assertThat(hub.get(mapping.path, stranger).status()).isEqualTo(404);
    assertThat(hub.get(mapping.path + "/versions/1", stranger).status()).isEqualTo(404);
    assertThat(hub.post(mapping.path + "/publish", stranger, Map.of()).status()).isEqualTo(409);
    assertThat(hub.get("/api/v1/mappings?q=" + mapping.name, stranger).json().path("items"))
        .isEmpty();
    JsonNode own = hub.get("/api/v1/mappings?q=" + mapping.name, admin).json().path("items");
    assertThat(own).hasSize(1);
    assertThat(own.at("/0/origin").asText()).isEqualTo("admin");
    assertThat(own.at("/0/version").asInt()).isEqualTo(1);
    assertThat(own.at("/0/hasDraft").asBoolean()).isFalse();
  }

  @Test
  void viewersReadAndEngineersWrite() {
    String viewer = hub.token(mapping.tenant, "viewer");
    String engineer = hub.token(mapping.tenant, "engineer");
    Map<String, String> body = Map.of("jsonata", VersionedMapping.yielding(1));

    assertThat(
            hub.send("PUT", mapping.path + "/draft", viewer, RunningHub.publisher(body)).status())
        .isEqualTo(403);
    assertThat(
            hub.send("PUT", mapping.path + "/draft", engineer, RunningHub.publisher(body)).status())
        .isEqualTo(200);
    assertThat(hub.get(mapping.path, viewer).status()).isEqualTo(200);
    assertThat(hub.post(mapping.path + "/publish", viewer, Map.of()).status()).isEqualTo(403);
    assertThat(hub.post(mapping.path + "/publish", engineer, Map.of()).status()).isEqualTo(200);
  }

  @Test
  void everyChangeIsInTheAudit() {
    mapping.publish(VersionedMapping.yielding(1));
    mapping.publish(VersionedMapping.yielding(2));
    mapping.draft(VersionedMapping.yielding(3));
    assertThat(
            hub.send(
                    "DELETE",
                    mapping.path + "/draft",
                    admin,
                    java.net.http.HttpRequest.BodyPublishers.noBody())
                .status())
        .isEqualTo(204);
    hub.post(mapping.path + "/rollback", admin, Map.of("version", 1));

    assertThat(
            hub.owner()
                .sql(
                    "select verb from audit where tenant_id = ? and subject = ? and actor = 'admin:test' order by id")
                .params(mapping.tenant, "mapping:" + mapping.name)
                .query(String.class)
                .list())
        .containsExactly(
            "mapping.draft",
            "mapping.publish",
            "mapping.draft",
            "mapping.publish",
            "mapping.draft",
            "mapping.draft.delete",
            "mapping.rollback");
  }

  @Test
  void whatCannotBeUsedIsNamed() {
    assertThat(hub.get("/api/v1/mappings/..:x", admin).text("field")).isEqualTo("name");
    assertThat(
            hub.send("PUT", mapping.path + "/draft", admin, RunningHub.publisher(Map.of()))
                .text("field"))
        .isEqualTo("jsonata");
    assertThat(
            hub.send(
                    "PUT",
                    mapping.path + "/draft",
                    admin,
                    RunningHub.publisher(Map.of("code", "1")))
                .text("field"))
        .isEqualTo("code");
    assertThat(mapping.publish().text("field")).isEqualTo("draft");
    assertThat(hub.get(mapping.path, admin).status()).isEqualTo(404);
  }

  private Answer trial(String name) {
    return hub.post(
        "/api/v1/mappings/test",
        admin,
        Map.of("mapping", name, "payload", Map.of("t", System.currentTimeMillis(), "SAT_F", 50)));
  }
}
