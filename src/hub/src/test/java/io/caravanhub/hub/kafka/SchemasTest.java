package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemasTest {
  private final RunningHub hub = RunningHub.get();

  @ParameterizedTest
  @CsvSource({"normalized-1,hub.normalized,normalized/1", "events-1,hub.events,events/1"})
  void servesEverybodyTheSchemaUnderTheNameThatItGivesItself(
      String name, String topic, String version) throws Exception {
    Answer list = hub.get("/api/v1/schemas", "");
    assertThat(list.status()).isEqualTo(200);
    assertThat(list.json().path("items"))
        .anySatisfy(
            item -> {
              assertThat(item.path("name").asText()).isEqualTo(name);
              assertThat(item.path("topic").asText()).isEqualTo(topic);
              assertThat(item.path("hub_schema").asText()).isEqualTo(version);
              assertThat(item.path("href").asText()).isEqualTo("/api/v1/schemas/" + name);
            });

    HttpRequest request = HttpRequest.newBuilder(hub.uri("/api/v1/schemas/" + name)).GET().build();
    HttpResponse<String> raw =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(raw.headers().allValues("Cache-Control")).containsExactly("public, max-age=3600");
    Answer answer = hub.send(request);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/schema+json");
    JsonNode schema = answer.json();
    assertThat(schema.path("$id").asText()).isEqualTo("/api/v1/schemas/" + name);
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, builder -> {})
                .getSchema(schema)
                .validate(JsonNodeFactory.instance.objectNode()))
        .as("what it demands")
        .isNotEmpty();

    Answer again =
        hub.send(
            HttpRequest.newBuilder(hub.uri("/api/v1/schemas/" + name))
                .header("If-None-Match", answer.tag())
                .build());
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void aNameThatNoSchemaHasIsAProblem() {
    Answer answer = hub.get("/api/v1/schemas/raw-1", "");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.body()).contains("no schema");
  }
}
