package io.caravanhub.hub.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PayloadLineTest {
  private static final String JSON =
      "{\"measurements\": [{\"name\": \"a\", \"value\": 1.50}, {\"name\": \"b\", \"value\": \"x\"}], \"flow\": {\"value\": 2}}";

  @Test
  void theFieldAtFaultIsMarkedAndNothingElse() {
    assertThat(marked(JSON, "measurements[1].value")).containsExactly("      \"value\": \"x\"");
    assertThat(marked(JSON, "/measurements/0/value")).containsExactly("      \"value\": 1.50");
    assertThat(marked(JSON, "body")).isEmpty();
    assertThat(marked(JSON, null)).isEmpty();
  }

  @Test
  void anObjectAtFaultIsMarkedWhole() {
    assertThat(marked(JSON, "measurements[0]")).hasSize(4);
  }

  @Test
  void aFieldThatAMappingMovedIsMarkedByItsName() {
    assertThat(marked(JSON, "metrics.flow.value"))
        .containsExactly("  \"flow\": {", "    \"value\": 2", "  }");
  }

  @Test
  void whatIsLaidOutIsStillTheSameJson() {
    assertThat(PayloadLine.join(PayloadLine.layOut(JSON, null, 1_000)).replaceAll("\\s", ""))
        .isEqualTo(JSON.replaceAll("\\s", ""));
  }

  @Test
  void whatIsNotJsonStaysAsItIs() {
    assertThat(PayloadLine.layOut("not json\n at all", "body", 1_000))
        .extracting(PayloadLine::text)
        .containsExactly("not json", " at all");
    assertThat(PayloadLine.layOut("x".repeat(2_000), "body", 1_000)).hasSize(2);
  }

  private static List<String> marked(String json, String field) {
    return PayloadLine.layOut(json, field, 10_000).stream()
        .filter(PayloadLine::marked)
        .map(PayloadLine::text)
        .toList();
  }
}
