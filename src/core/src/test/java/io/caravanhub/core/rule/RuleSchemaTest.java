package io.caravanhub.core.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RuleSchemaTest {

  @ParameterizedTest
  @MethodSource("places")
  void theSchemaKnowsTheFieldsThatTheReaderTakes(String place, Set<String> fields)
      throws Exception {
    try (InputStream schema = getClass().getResourceAsStream("/schema/rules.schema.json")) {
      JsonNode known = new ObjectMapper().readTree(schema).path("$defs").path(place);
      if (place.equals("limit")) {
        known = known.path("oneOf").path(1);
      }
      Set<String> names = new TreeSet<>();
      known.path("properties").fieldNames().forEachRemaining(names::add);
      assertThat(names).isEqualTo(new TreeSet<>(fields));
    }
  }

  static java.util.stream.Stream<Arguments> places() {
    return java.util.stream.Stream.of(
        Arguments.of("rule", RuleReader.RULE),
        Arguments.of("scope", RuleReader.SCOPE),
        Arguments.of("event", RuleReader.EVENT),
        Arguments.of("when", ConditionReader.WHEN),
        Arguments.of("limit", LimitReader.LIMIT),
        Arguments.of("schedule", ScheduleReader.SCHEDULE),
        Arguments.of("step", RuleReader.STEP),
        Arguments.of("condition", ConditionReader.CONDITION));
  }
}
