package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.DeviceState;
import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.core.rule.Peers;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleReader;
import org.junit.jupiter.api.Test;

class RuleBookTest {
  private static final String EVENT = RuleStory.event();

  @Test
  void ofRulesWithOneIdTheNearestIsInForce() {
    RuleBook book =
        RuleStory.book(
            """
            rules:
              - {id: r, when: {metric: t, above: 1}, %1$s}
              - {id: r, scope: {asset: roof-9}, when: {metric: t, above: 4}, %1$s}
              - {id: r, scope: {device_type: rooftop_unit}, when: {metric: t, above: 2}, %1$s}
              - {id: r, scope: {model: One}, when: {metric: t, above: 3}, %1$s}
              - {id: other, scope: {device_type: pump}, when: {metric: t, above: 5}, %1$s}
            """
                .formatted(EVENT));
    assertThat(limits(book, RuleStory.DEVICE)).containsExactly(4.0);
    assertThat(limits(book, device("rooftop_unit", "One", null))).containsExactly(3.0);
    assertThat(limits(book, device("rooftop_unit", "Two", null))).containsExactly(2.0);
    assertThat(limits(book, device("boiler", "Two", null))).containsExactly(1.0);
    assertThat(limits(book, device("pump", "Two", null))).containsExactlyInAnyOrder(1.0, 5.0);
  }

  @Test
  void aVariantThatIsSwitchedOffHidesTheFartherOnes() {
    RuleBook book =
        RuleStory.book(
            """
            rules:
              - {id: r, when: {metric: t, above: 1}, %1$s}
              - {id: r, enabled: false, scope: {asset: roof-9}, when: {metric: t, above: 4}, %1$s}
            """
                .formatted(EVENT));
    assertThat(limits(book, RuleStory.DEVICE)).isEmpty();
  }

  @Test
  void whatATenantsRuleAsksOfOthersConcernsNoOtherTenantAndRebuildsNobody() {
    RuleBook before = RuleStory.book(RuleStory.rule("{metric: t, above: 1}"));
    Rule asking =
        RuleReader.single("{id: a, condition: 'x > 1 and y < 2', " + EVENT + "}", KnownMetrics.ANY);
    java.util.List<RuleBook.Entry> entries = new java.util.ArrayList<>(before.entries());
    entries.add(new RuleBook.Entry("theirs", asking, "table"));
    RuleBook after = new RuleBook(entries);
    assertThat(after.sharedMetrics("default")).isEmpty();
    assertThat(after.sharedMetrics("theirs")).containsExactlyInAnyOrder("x", "y");
    assertThat(new DeviceState(RuleStory.DEVICE, before, new Peers()).adopt(after)).isTrue();
  }

  @Test
  void aDeviceOfTheAskingTenantTellsWhatIsNewlyAskedForOnceAndGoesOn() {
    RuleBook before = RuleStory.book(RuleStory.rule("{metric: t, above: 1}"));
    Rule there =
        RuleReader.single(
            "{id: b, scope: {model: Other}, when: {metric: run, is: 'on', from: asset}, "
                + EVENT
                + "}",
            KnownMetrics.ANY);
    java.util.List<RuleBook.Entry> entries = new java.util.ArrayList<>(before.entries());
    entries.add(new RuleBook.Entry("default", there, "table"));
    DeviceState state = new DeviceState(RuleStory.DEVICE, before, new Peers());
    assertThat(state.adopt(new RuleBook(entries))).isTrue();
    assertThat(state.newlyShared()).contains("run");
    state.tell(state.newlyShared(), java.util.List.of());
    assertThat(state.adopt(before)).isTrue();
    assertThat(state.adopt(new RuleBook(entries))).isTrue();
    assertThat(state.newlyShared()).isEmpty();
  }

  private static java.util.List<Double> limits(RuleBook book, RuleDevice device) {
    return book.inForce(device).stream().map(entry -> entry.rule().when().limit()).toList();
  }

  private static RuleDevice device(String type, String model, String asset) {
    return new RuleDevice("default", "d", "S", type, "Acme", model, asset);
  }
}
