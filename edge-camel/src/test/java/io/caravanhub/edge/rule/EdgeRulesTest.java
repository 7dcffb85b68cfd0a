package io.caravanhub.edge.rule;

import static io.caravanhub.edge.rule.RulesRun.rule;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EdgeRulesTest {
  @TempDir Path folder;

  @Test
  void anEventNamesRuleDeviceOnsetAndWhatWasSeen() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15, for: PT30S}"));
    run.measure(0, "superheat", 18.25).measure(20, "superheat", 19).measure(30, "superheat", 20);
    assertThat(run.told).hasSize(1);
    assertThat(run.told.get(0))
        .isEqualTo(
            RulesRun.parse(
                """
                {"rule":"r","type":"likely_failure","title":"r","severity":"high","family":"f",
                 "device_id":"RTU-1","metric":"superheat","value":20.0,"unit":"K","threshold":15.0,
                 "timestamp":"2026-03-01T08:00:30Z","onset":"2026-03-01T08:00:00Z","state":"raised",
                 "escalated":false,"message":"superheat 20","parts":[]}
                """));
    run.measure(40, "superheat", 10);
    assertThat(run.plot()).isEqualTo("raised@30 cleared@40");
    assertThat(RulesRun.second(run.told.get(1), "onset")).isZero();
  }

  @Test
  void aWorseStepIsToldAsTheSameEvent() throws IOException {
    RulesRun run =
        new RulesRun(
            folder,
            rule("{metric: co2, above: 900}", "steps: [{above: 2000, severity: critical}], "));
    run.measure(0, "co2", 1000).measure(5, "co2", 2500).measure(10, "co2", 2600);
    assertThat(run.plot()).isEqualTo("raised@0 raised@5");
    assertThat(run.told.get(1).path("escalated").asBoolean()).isTrue();
    assertThat(run.told.get(1).path("severity").asText()).isEqualTo("critical");
    assertThat(run.told.get(1).path("onset")).isEqualTo(run.told.get(0).path("onset"));
  }

  @Test
  void valuesAreTakenIntoTheUnitOfTheCatalogueAndImplausibleOnesDoNotCount() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: supply_air_temp, above: 30}"));
    run.say("RTU-1", 0, "{\"name\":\"supply_air_temp\",\"value\":85,\"unit\":\"[degF]\"}");
    run.say("RTU-1", 1, "{\"name\":\"supply_air_temp\",\"value\":9999,\"unit\":\"Cel\"}");
    run.say("RTU-1", 2, "{\"name\":\"supply_air_temp\",\"value\":40,\"quality\":\"bad\"}");
    assertThat(run.plot()).isEmpty();
    run.say("RTU-1", 3, "{\"name\":\"supply_air_temp\",\"value\":95,\"unit\":\"[degF]\"}");
    assertThat(run.plot()).isEqualTo("raised@3");
    assertThat(run.told.get(0).path("value").asDouble()).isEqualTo(35);
  }

  @Test
  void aListedDeviceThatSaysNothingIsNoticedByTheClock() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{silent_for: PT10M}"));
    run.measure(0, "superheat", 5).clock(590);
    assertThat(run.plot()).isEmpty();
    run.clock(610).measure(620, "superheat", 5);
    assertThat(run.plot()).isEqualTo("raised@610 cleared@620");
  }

  @Test
  void aMistakeInAFileStopsNoOtherFileAndLeavesItsLastGoodVersionInForce() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15}"));
    replace("b.yaml", rule("{metric: co2, above: 900}").replace("id: r", "id: other"), 1);
    replace("a.yaml", rule("{metric: superheat, above: very}"), 2);
    run.clock(0).measure(1, "superheat", 16).measure(2, "co2", 1000);
    assertThat(run.plot()).isEqualTo("raised@1 raised@2");
    assertThat(run.rules.report().get("refused").toString())
        .contains("a.yaml:1 rules[0].when.above expected a number, got \"very\"");

    replace("a.yaml", rule("{metric: superheat, above: 20}"), 3);
    run.clock(3);
    assertThat(run.rules.report().get("refused").toString()).isEqualTo("[]");
    run.measure(4, "superheat", 18);
    assertThat(run.plot()).isEqualTo("raised@1 raised@2 cleared@4");
  }

  @Test
  void aRunningDurationOutlivesAChangeOfAnotherRule() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15, for: PT60S}"));
    run.measure(0, "superheat", 18).measure(30, "superheat", 18);
    replace("b.yaml", rule("{metric: co2, above: 900}").replace("id: r", "id: other"), 1);
    run.clock(31).measure(60, "superheat", 18);
    assertThat(run.plot()).isEqualTo("raised@60");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{metric: t, above: 1, from: asset} | | from: asset asks another device",
        "{metric: t, above: {fleet: model}} | | fleet asks other devices",
        "{condition: 't > 2 * u'} | | condition: \"t > 2 * u\" is JSONata",
        "{drl: stall, metrics: [t]} | | drl: stall is DRL",
        "{metric: t, above: 1} | scope: {customer: Acme}, | customer, location and sla_tier are known in the hub only",
        "{metric: t, above: 1} | scope: {asset: roof-9}, | scope.asset: \"roof-9\" is no device of this gateway",
      })
  void whatOnlyTheHubCanTellIsLeftToTheHub(String when, String more, String reason)
      throws IOException {
    String own = "metrics: [{name: t}, {name: u}]\n";
    RulesRun run = new RulesRun(folder, own + rule(when, more == null ? "" : more));
    run.measure(0, "t", 5);
    assertThat(run.rules.hubOnly()).containsValue(reason);
    assertThat(run.rules.report()).containsEntry("in_force", 0).containsEntry("hub_only", 1);
    assertThat(run.plot()).isEmpty();
  }

  @Test
  void ofARuleWithAVariantThatOnlyTheHubCanPlaceNoVariantIsJudged() throws IOException {
    String event = "event: {type: warning, severity: low, family: f, message: m}";
    RulesRun run =
        new RulesRun(
            folder,
            """
            rules:
              - {id: r, when: {metric: superheat, above: 10}, %1$s}
              - {id: r, scope: {customer: Acme}, when: {metric: superheat, above: 20}, %1$s}
              - {id: s, when: {metric: co2, above: 900}, %1$s}
              - {id: s, scope: {device_type: boiler}, when: {metric: co2, above: 2000}, %1$s}
            """
                .formatted(event));
    run.measure(0, "superheat", 15).measure(1, "co2", 1000);
    assertThat(run.plot()).isEqualTo("raised@1");
    run.say("UNLISTED", 2, "{\"name\":\"co2\",\"value\":1000}");
    assertThat(run.plot()).isEqualTo("raised@1");
  }

  @Test
  void aShadowRuleIsNotedByTheHubAlone() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: co2, above: 900}", "mode: shadow, "));
    assertThat(run.measure(0, "co2", 1000).plot()).isEmpty();
  }

  @Test
  void whatIsNotCanonicalIsPassedOnAndCounted() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: co2, above: 900}"));
    Exchange exchange = RulesRun.exchange("RTU-1", "{\"vendor\":1}");
    run.rules.process(exchange, done -> {});
    assertThat(exchange.getException()).isNull();
    assertThat(exchange.getMessage().getBody(byte[].class))
        .isEqualTo("{\"vendor\":1}".getBytes(StandardCharsets.UTF_8));
    assertThat(run.rules.report()).containsEntry("not_canonical", 1L);
  }

  @Test
  void aGatewayWithoutRulesPassesEverythingOn() {
    EdgeRules none =
        new EdgeRules(
            null,
            (device, body) -> {
              throw new IllegalStateException("an event of no rule");
            });
    none.start();
    Exchange exchange = RulesRun.exchange("RTU-1", "{}");
    assertThat(none.process(exchange, done -> {})).isTrue();
    none.stop();
    assertThat(none.report()).containsEntry("in_force", 0);
  }

  @Test
  void thereIsRoomForSoManyDevicesAndThoseThatFellSilentMakeIt() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: co2, above: 900}"), 3);
    String high = "{\"name\":\"co2\",\"value\":1000}";
    run.say("D1", 0, high).say("D2", 1, high).say("D3", 2, high).say("D4", 3, high);
    assertThat(run.plot()).isEqualTo("raised@0 raised@1 raised@2");
    assertThat(run.rules.report()).containsEntry("devices", 3).containsEntry("over_limit", 1L);
    run.measure(4, "co2", 1000);
    assertThat(run.plot()).as("one that is listed").endsWith("raised@4");

    run.say("D3", 1800, high).clock(3602).say("D4", 3603, high);

    assertThat(run.plot()).endsWith("raised@4 raised@3603");
    assertThat(run.rules.report())
        .containsEntry("devices", 3)
        .containsEntry("devices_forgotten", 2L);
    assertThat(files()).doesNotContain("D1.journal", "D2.journal").contains("D3.journal");
  }

  @Test
  void whatIsLeftOfMoreDevicesThanThereIsRoomForGoes() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: co2, above: 900}"));
    for (int i = 1; i <= 5; i++) {
      run.say("D" + i, i, "{\"name\":\"co2\",\"value\":1000}").clock(i);
      Files.setLastModifiedTime(folder.resolve("state/D" + i + ".journal"), FileTime.from(run.now));
    }
    run.rules.stop();

    new RulesRun(folder, rule("{metric: co2, above: 900}"), 3).clock(10);

    assertThat(files()).containsExactly("D4.journal", "D5.journal");
  }

  @Test
  void aDeviceWithALongNameLeavesOneFile() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: co2, above: 900}"));
    run.say("D".repeat(200), 0, "{\"name\":\"co2\",\"value\":1000}").clock(1);
    for (int i = 2; i < 5; i++) {
      run.restart();
      run.clock(i);
    }
    assertThat(files()).hasSize(1);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> found = Files.list(folder.resolve("state"))) {
      return found.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** Later by whole seconds than what was there: file systems count time coarsely. */
  private void replace(String name, String text, int later) throws IOException {
    Path file = Files.writeString(folder.resolve("rules").resolve(name), text);
    Files.setLastModifiedTime(
        file, FileTime.fromMillis(System.currentTimeMillis() + later * 2_000L));
  }
}
