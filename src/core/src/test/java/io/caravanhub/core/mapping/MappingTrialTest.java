package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MappingTrialTest {
  private static final String PAYLOAD =
      """
      {"t": 21, "status": {"door": 1, "rssi": -60}, "ch": [{"id": "a", "v": 1}, {"id": "b", "v": 2}],
       "temps": [1, 2], "fw": "1.2"}
      """;

  private static MappingTrial run(String expression) {
    return MappingTrial.run(
        new MappingSource("draft", "draft", expression),
        PAYLOAD.getBytes(StandardCharsets.UTF_8),
        null,
        Map.of(),
        MappingBounds.DEFAULT);
  }

  @Test
  void namesTheFieldsThatNobodyLookedAt() {
    MappingTrial trial = run("{'metrics': {'t': t, 'door': status.door, 'v': $sum(ch.v)}}");
    assertThat(trial.unmatched()).containsExactly("ch[].id", "fw", "status.rssi", "temps[]");
    assertThat(trial.micros()).isPositive();
    assertThat(trial.failure()).isNull();
    assertThat(trial.result()).isEqualTo(trial.output());
  }

  @Test
  void takesAWholePartForLookedAt() {
    assertThat(run("{'metrics': {'t': t}, 'metadata': status}").unmatched())
        .doesNotContain("status.rssi");
    assertThat(run("{'metrics': {'t': temps[0]}, 'all': *}").unmatched()).doesNotContain("fw");
  }

  @Test
  void keepsAnOutputThatCannotBeUsed() {
    MappingTrial trial = run("t * 2");
    assertThat(trial.output()).isEqualTo(42);
    assertThat(trial.result()).isNull();
    assertThat(trial.failure()).hasMessageContaining("yields a number");
  }

  @Test
  void saysWhereAnExpressionIsWrong() {
    assertThatThrownBy(() -> run("{\n  \"a\": (1 + \n}"))
        .isInstanceOfSatisfying(
            MappingException.class,
            e -> {
              assertThat(e.line()).isEqualTo(3);
              assertThat(e.column()).isPositive();
            });
  }
}
