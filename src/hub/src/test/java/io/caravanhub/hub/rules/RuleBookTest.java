package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(limits(book, device("pump", "Two", null))).containsExactly(1.0, 5.0);
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

  private static java.util.List<Double> limits(RuleBook book, RuleDevice device) {
    return book.inForce(device).stream().map(entry -> entry.rule().when().limit()).toList();
  }

  private static RuleDevice device(String type, String model, String asset) {
    return new RuleDevice("default", "d", "S", type, "Acme", model, asset);
  }
}
