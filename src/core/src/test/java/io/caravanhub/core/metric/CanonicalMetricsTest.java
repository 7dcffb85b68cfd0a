package io.caravanhub.core.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.unit.Units;
import org.junit.jupiter.api.Test;

class CanonicalMetricsTest {
  @Test
  void coversTheTradesWithMoreThanAHundredAndFiftyMetrics() {
    assertThat(CanonicalMetrics.all()).hasSizeGreaterThan(150);
    assertThat(CanonicalMetrics.all())
        .extracting(CanonicalMetric::group)
        .contains(
            "hvac",
            "refrigeration",
            "pumps",
            "motors",
            "electrical",
            "building",
            "elevators",
            "process");
  }

  @Test
  void everyMetricIsWholeAndInAUnitThatIsKnownByItsCode() {
    assertThat(CanonicalMetrics.all())
        .allSatisfy(
            metric -> {
              assertThat(metric.key()).matches("[a-z][a-z0-9_]{1,40}");
              assertThat(metric.description()).isNotBlank();
              assertThat(metric.brick()).matches("[A-Z][A-Za-z0-9_.]+");
              assertThat(metric.haystack()).isNotEmpty().noneMatch(String::isBlank);
              if (metric.unit() != null) {
                assertThat(Units.canonical(metric.unit())).isEqualTo(metric.unit());
              }
              if (metric.type() == CanonicalMetric.Type.NUMBER) {
                assertThat(metric.unit()).isNotNull();
              }
              if (metric.min() != null && metric.max() != null) {
                assertThat(metric.min()).isLessThan(metric.max());
              }
              if (metric.isText()) {
                assertThat(metric.unit()).isNull();
                assertThat(metric.min()).isNull();
              }
            });
  }

  @Test
  void aChannelIsWhatItsMetricIs() {
    assertThat(CanonicalMetrics.resolve("power_2")).isEqualTo(CanonicalMetrics.find("power"));
    assertThat(CanonicalMetrics.resolve("power_l2")).isEqualTo(CanonicalMetrics.find("power_l2"));
    assertThat(CanonicalMetrics.resolve("power_0")).isEmpty();
    assertThat(CanonicalMetrics.resolve("nothing_2")).isEmpty();
    assertThat(CanonicalMetrics.find("power_2")).isEmpty();
  }

  @Test
  void findsByKey() {
    assertThat(CanonicalMetrics.find("superheat")).get().extracting("unit").isEqualTo("K");
    assertThat(CanonicalMetrics.find("nothing_such")).isEmpty();
  }
}
