package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.function.TradeFunctions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The guide's examples do what the guide says, and every function of ours is in it. */
class MappingGuideTest {
  private static final Path GUIDE =
      Path.of(System.getProperty("hub.root", "."), "docs/MAPPINGS.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| `\\$(\\w+)\\(.*?\\)` \\| `(.+?)` \\| `(.+?)` \\|", Pattern.MULTILINE);
  private static final Pattern STORY =
      Pattern.compile(
          "```json\\n(.*?)```\\s+```(jsonata|yaml)\\n(.*?)```\\s+(?:[^`]*?\\s+)?```json\\n(.*?)```",
          Pattern.DOTALL);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TestFactory
  List<DynamicTest> eachFunctionGivesWhatTheGuideSays() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    Matcher row = ROW.matcher(Files.readString(GUIDE));
    while (row.find()) {
      String expression = row.group(2);
      String expected = row.group(3);
      tests.add(
          dynamicTest(
              expression,
              () -> assertThat(plain(evaluate(expression))).isEqualTo(plain(read(expected)))));
    }
    return tests;
  }

  @TestFactory
  List<DynamicTest> eachStoryEndsAsTheGuideSays() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    Matcher story = STORY.matcher(Files.readString(GUIDE));
    while (story.find()) {
      Object payload = read(story.group(1));
      Mapping mapping = mapping(story.group(2), story.group(3));
      Object expected = read(story.group(4));
      tests.add(
          dynamicTest(
              story.group(3).lines().findFirst().orElse(""),
              () ->
                  assertThat(plain(mapping.apply(payload, Map.of(), MappingBounds.DEFAULT)))
                      .isEqualTo(plain(expected))));
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  @Test
  void theGuideNamesEveryFunction() throws IOException {
    TreeSet<String> named = new TreeSet<>();
    Matcher row = ROW.matcher(Files.readString(GUIDE));
    while (row.find()) {
      named.add(row.group(1));
    }
    assertThat(named).containsExactlyElementsOf(new TreeSet<>(TradeFunctions.names()));
  }

  private static Mapping mapping(String language, String content) {
    return Mapping.compile(
        language.equals("yaml")
            ? new MappingSource("guide", "1", "", content)
            : new MappingSource("guide", "1", content));
  }

  private static Object evaluate(String expression) {
    return Mapping.compile(new MappingSource("guide", "1", expression))
        .evaluate(Map.of(), Map.of(), MappingBounds.DEFAULT);
  }

  private static Object read(String json) throws JsonProcessingException {
    return JSON.readValue(json, Object.class);
  }

  /** Numbers by their value, whatever their type. */
  private static JsonNode plain(Object value) throws JsonProcessingException {
    return JSON.readTree(JSON.writeValueAsString(value).replaceAll("(\\d)\\.0\\b", "$1"));
  }
}
