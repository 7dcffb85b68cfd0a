package io.caravanhub.core.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpressionCostsTest {
  private static final long SLOW = 40_000_000;
  private static final long QUICK = 10_000;
  private static final Map<String, Object> MET = Map.of("a", 2.0, "b", 1.0);

  private Instant now = Instant.parse("2026-03-01T08:00:00Z");
  private final ExpressionCosts costs =
      new ExpressionCosts(((InstantSource) () -> now).withZone(ZoneOffset.UTC));
  private final RuleExpression expression = RuleExpression.compile("a > b");

  @Test
  void anExpressionThatIsSlowNowAndThenIsLookedAt() {
    for (int n = 0; n < 1000; n++) {
      costs.pay("t", expression, n % 20 == 0 ? SLOW : QUICK);
    }
    assertThat(costs.of("t", expression, MET)).isEqualTo(1);
  }

  @Test
  void anExpressionThatIsSlowAgainAndAgainRestsForMinutes() {
    tire("t");
    assertThat(costs.of("t", expression, MET)).isNaN();
    assertThat(costs.restsUntil("t", expression)).contains(now.plus(ExpressionCosts.REST));

    now = now.plus(ExpressionCosts.REST);
    assertThat(costs.restsUntil("t", expression)).isEmpty();
    assertThat(costs.of("t", expression, MET)).isEqualTo(1);
  }

  @Test
  void whatComesInLateWhileItRestsNeitherEndsNorProlongsTheRest() {
    tire("t");
    Instant until = costs.restsUntil("t", expression).orElseThrow();
    now = now.plus(Duration.ofMinutes(5));
    costs.pay("t", expression, SLOW);
    costs.pay("t", expression, QUICK);
    assertThat(costs.restsUntil("t", expression)).contains(until);
  }

  @Test
  void oneTenantsSlowValuesStopNobodyElsesRule() {
    tire("t");
    assertThat(costs.of("other", expression, MET)).isEqualTo(1);
  }

  @Test
  void theSameTextCompiledAnewGoesOnWithTheAccount() {
    tire("t");
    assertThat(costs.of("t", RuleExpression.compile("a > b"), MET)).isNaN();
    assertThat(costs.of("t", RuleExpression.compile("a > b and b > 0"), MET)).isEqualTo(1);
  }

  private void tire(String tenant) {
    for (int n = 0; n < 20; n++) {
      costs.pay(tenant, expression, SLOW);
    }
  }
}
