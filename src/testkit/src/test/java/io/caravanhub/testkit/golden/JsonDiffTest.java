package io.caravanhub.testkit.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonDiffTest {
  private static List<String> diff(String expected, String actual) throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    return JsonDiff.between(json.readTree(expected), json.readTree(actual));
  }

  @Test
  void equalValuesDifferNowhere() throws JsonProcessingException {
    assertThat(
            diff(
                "{\"a\":[10, \"x\", null],\"b\":0.3}",
                "{\"b\":0.30000000000000004,\"a\":[10.0,\"x\",null]}"))
        .isEmpty();
  }

  @Test
  void eachDifferenceIsNamedByItsPlace() throws JsonProcessingException {
    assertThat(diff("{\"a\":[{\"v\":1},2],\"b\":true}", "{\"a\":[{\"v\":1.5}],\"c\":\"n\"}"))
        .containsExactly(
            "/a/0/v: expected 1, got 1.5",
            "/a/1: expected 2, got nothing",
            "/b: expected true, got nothing",
            "/c: not expected, got \"n\"");
  }

  @Test
  void anotherKindOfValueIsADifference() throws JsonProcessingException {
    assertThat(diff("{\"a\":1}", "{\"a\":\"1\"}")).containsExactly("/a: expected 1, got \"1\"");
    assertThat(diff("[]", "{}")).containsExactly("/: expected [], got {}");
  }
}
