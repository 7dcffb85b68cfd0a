package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.rule.RefusedRules;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleExpression;
import io.caravanhub.core.rule.Severity;
import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class RuleLibraryTest {
  @TempDir Path folder;
  private RuleLibrary library;

  @BeforeEach
  void startWithOneFile() throws Exception {
    Files.writeString(
        folder.resolve("good.yaml"), RuleStory.rule("{metric: temperature, above: 1}"));
    library = new RuleLibrary(folder.toString(), JdbcClient.create(TestDatabase.app()));
    library.refresh();
    library.start();
  }

  @AfterEach
  void stop() {
    library.stop();
  }

  @Test
  void aChangedFileIsInForceWithinTwoSeconds() throws Exception {
    Files.writeString(
        folder.resolve("good.yaml"), RuleStory.rule("{metric: temperature, above: 2.25}"));
    await().atMost(Duration.ofSeconds(30)).until(() -> limits("default").contains(2.25));
  }

  @Test
  void aBadFileIsRefusedAloneAndItsLastGoodVersionStaysInForce() throws Exception {
    replace("bad.yaml", "rules:\n  - id: x\n    when: 5\n");
    replace("good.yaml", RuleStory.rule("{metric: temperature, above: very}"));
    await().atMost(Duration.ofSeconds(30)).until(() -> library.refused().size() == 2);
    assertThat(limits("default")).contains(1.0);
    RefusedRules bad = library.refused().get(0);
    assertThat(bad.source()).isEqualTo("bad.yaml");
    assertThat(bad.field()).isEqualTo("rules[0].when");
    assertThat(bad.line()).isEqualTo(3);

    Files.delete(folder.resolve("bad.yaml"));
    replace("good.yaml", RuleStory.rule("{metric: temperature, above: 33}"));
    await().atMost(Duration.ofSeconds(30)).until(() -> library.refused().isEmpty());
    assertThat(limits("default")).contains(33.0).doesNotContain(1.0);
  }

  @Test
  void aFilesRuleForAnAssetThatIsPartOfItselfIsRefusedWithThePlace() throws Exception {
    String tenant = TestDatabase.tenant();
    TestDatabase.owner()
        .sql(
            "insert into assets (tenant_id, id, name, parent_id) values (:t, 'loop-a', 'a',"
                + " 'loop-b'), (:t, 'loop-b', 'b', 'loop-a')")
        .param("t", tenant)
        .update();
    replace(
        "loop.yaml",
        RuleStory.rule("{metric: temperature, above: 44}")
            .replace("id: r", "id: loop, scope: {asset: loop-a}"));
    await().atMost(Duration.ofSeconds(30)).until(() -> library.refused().size() == 1);
    RefusedRules refused = library.refused().get(0);
    assertThat(refused.field()).isEqualTo("rules[0].scope.asset");
    assertThat(refused.reason()).isEqualTo("is part of itself: loop-a in loop-b in loop-a");
    assertThat(limits("default")).doesNotContain(44.0);
  }

  @Test
  void anExpressionThatRestsIsListedForItsTenantAloneAndAfterAChangeOfItsFileToo()
      throws Exception {
    String slow =
        RuleStory.rule("{condition: 'temperature > 2 * superheat'}").replace("id: r", "id: slow");
    replace("slow.yaml", slow);
    await().atMost(Duration.ofSeconds(30)).until(() -> library.list("default").size() == 2);
    RuleExpression expression = RuleExpression.compile("temperature > 2 * superheat");
    for (int n = 0; n < 20; n++) {
      library.book().costs().pay("default", expression, 40_000_000);
    }
    assertThat(library.refused("other")).isEmpty();
    assertThat(library.refused("default")).hasSize(1);
    assertThat(library.refused("default").get(0).field()).isEqualTo("slow.condition");

    replace("slow.yaml", slow.replace("severity: high", "severity: medium"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                library.book().entries().stream()
                    .anyMatch(e -> e.rule().outcome().severity() == Severity.MEDIUM));
    assertThat(library.refused("default")).hasSize(1);
  }

  @Test
  void aDeletedFileTakesItsRulesAlong() throws Exception {
    Files.delete(folder.resolve("good.yaml"));
    await().atMost(Duration.ofSeconds(30)).until(() -> !limits("default").contains(1.0));
  }

  @Test
  void aTenantsOwnRuleTakesThePlaceOfAFilesRuleForThatTenantAlone() {
    String tenant = TestDatabase.tenant();
    String definition = RuleStory.rule("{metric: temperature, above: 7}");
    TestDatabase.owner()
        .sql(
            """
            insert into rules (id, tenant_id, definition, source, author)
            values ('r', :tenant, cast(:definition as jsonb), 'api', 'test')
            """)
        .param("tenant", tenant)
        .param("definition", json(definition))
        .update();
    await().atMost(Duration.ofSeconds(30)).until(() -> limits(tenant).contains(7.0));
    RuleDevice own = new RuleDevice(tenant, "d", "S", "pump", "", "", null);
    RuleDevice others = new RuleDevice("default", "d", "S", "pump", "", "", null);
    assertThat(inForce(own)).containsExactly(7.0);
    assertThat(inForce(others)).containsExactly(1.0);
  }

  @Test
  void aTenantsOwnRuleMayHaveItsLimitsInAnotherUnit() {
    String tenant = TestDatabase.tenant();
    TestDatabase.owner()
        .sql(
            """
            insert into rules (id, tenant_id, definition, source, author)
            values ('f', :tenant, cast(:definition as jsonb), 'api', 'test')
            """)
        .param("tenant", tenant)
        .param(
            "definition",
            json(RuleStory.rule("{metric: supply_air_temp, above: 86, unit: '[degF]'}")))
        .update();
    await().atMost(Duration.ofSeconds(30)).until(() -> limits(tenant).contains(30.0));
  }

  private List<Double> inForce(RuleDevice device) {
    return library.book().inForce(device).stream().map(e -> e.rule().when().limit()).toList();
  }

  private List<Double> limits(String tenant) {
    return library.list(tenant).stream().map(listed -> listed.rule().when().limit()).toList();
  }

  /** In one step, so that nobody reads half a file. */
  private void replace(String name, String content) throws IOException {
    Path whole = Files.writeString(folder.resolve(name + ".new"), content);
    Files.move(whole, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static String json(String file) {
    try {
      var yaml = new com.fasterxml.jackson.dataformat.yaml.YAMLMapper();
      return yaml.readTree(file).path("rules").path(0).toString();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
