package io.caravanhub.hub.orchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.hub.TestDatabase;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {
  private static final Path DEFAULTS = TestDatabase.root().resolve("rules/policies/default.yaml");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{id: p, then: [{kind: fax}]} | then[0].kind | expected one of",
        "{id: p, then: [{kind: task, priority: 6}]} | then[0].priority | from 1 to 5",
        "{id: p, then: [{kind: task, title: '{who}'}]} | then[0].title | no such placeholder {who}",
        "{id: p, then: [{kind: task, role: x}]} | then[0].role | has no effect",
        "{id: p, then: [{kind: activity}]} | then[0].role | is missing",
        "{id: p, when: {event_type: [broken]}, then: []} | when.event_type[0] | expected one of",
        "{id: p, when: {min_confidence: 2}, then: []} | when.min_confidence | from 0 to 1",
        "{id: p, when: {recurrence: {times: 1, within: P1D}}, then: []} | when.recurrence.times |"
            + " from 2",
        "{id: p, when: {scope: {colour: red}}, then: []} | when.scope.colour | no such field",
        "{id: P, then: []} | id | small letters",
        "{id: p} | then | is missing",
        "{id: p, then: [{kind: task, start_within: soon}]} | then[0].start_within | expected a"
            + " duration",
      })
  void aPolicyThatCannotBeIsRefusedWithItsField(String text, String field, String reason) {
    assertThatThrownBy(() -> PolicyReader.single(text))
        .isInstanceOfSatisfying(
            RuleException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e).hasMessageContaining(reason);
            });
  }

  @Test
  void oneActionOnItsOwnIsStillRead() {
    Policy policy =
        PolicyReader.single(
            "{id: p, when: {event_type: [warning]}, then: {kind: work_order, priority: 2,"
                + " work_type: w, start_within: PT1H, complete_within: PT2H}}");
    assertThat(policy.then()).hasSize(1);
    assertThat(policy.then().get(0).kind()).isEqualTo(PolicyAction.Kind.WORK_ORDER);
  }

  @Test
  void theSchemaKnowsTheFieldsThatTheReaderTakes() throws Exception {
    assertThat(names("policy")).isEqualTo(new TreeSet<>(PolicyReader.POLICY));
    assertThat(names("when")).isEqualTo(new TreeSet<>(PolicyReader.WHEN));
    assertThat(names("then")).isEqualTo(new TreeSet<>(PolicyReader.THEN));
    assertThat(names("scope")).isEqualTo(new TreeSet<>(PolicyScope.FIELDS));
  }

  @Test
  void theDefaultsAreAsTheSchemaHasThem() throws Exception {
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, builder -> {})
                .getSchema(schema())
                .validate(new YAMLMapper().readTree(DEFAULTS.toFile())))
        .isEmpty();
    assertThat(PolicyFile.read(Files.readString(DEFAULTS)).policies())
        .extracting(p -> p.id() + " " + p.then().get(0).kind().label())
        .containsExactlyInAnyOrder(
            "critical-fault work_order",
            "likely-failure work_order",
            "possible-failure work_order",
            "maintenance-due task");
  }

  @Test
  void aBadFileIsRefusedAloneAndKeepsItsLastGoodVersion(@TempDir Path folder) throws Exception {
    Files.createDirectory(folder.resolve("acme"));
    Path own = folder.resolve("acme/own.yaml");
    Files.writeString(own, "policies:\n  - {id: one, then: [{kind: task}]}\n");
    Files.writeString(folder.resolve("acme/other.yaml"), "limits:\n  - {kind: fax}\n");
    PolicyFolder files = new PolicyFolder(folder);
    assertThat(files.refresh()).isTrue();
    Files.writeString(own, "policies:\n  - id: one\n    then:\n      - {kind: gone}\n");
    assertThat(files.refresh()).isTrue();

    assertThat(files.of("acme").get("acme/own.yaml").policies())
        .extracting(Policy::id)
        .contains("one");
    assertThat(files.refused("acme"))
        .anySatisfy(
            refused -> {
              assertThat(refused.source()).isEqualTo("acme/own.yaml");
              assertThat(refused.field()).isEqualTo("policies[0].then[0].kind");
              assertThat(refused.line()).isEqualTo(4);
            })
        .anySatisfy(refused -> assertThat(refused.source()).isEqualTo("acme/other.yaml"));
    assertThat(files.refused("another")).isEmpty();
    assertThat(files.of("another")).isEmpty();
  }

  private static Set<String> names(String place) throws Exception {
    Set<String> names = new TreeSet<>();
    schema().path("$defs").path(place).path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static JsonNode schema() throws Exception {
    try (InputStream text =
        PolicyReaderTest.class.getResourceAsStream("/schema/policies.schema.json")) {
      return new ObjectMapper().readTree(text);
    }
  }
}
