package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan gives what the library gives. */
class PlanTest {
  private static final Path MAPPINGS = Path.of(System.getProperty("hub.root", "."), "mappings");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Object> BINDINGS =
      Map.of("device", "d", "tenant", "default", "received", 1_767_225_600_000L);

  private static Mapping compile(String expression) {
    return Mapping.compile(new MappingSource("acme/test", "1", expression));
  }

  private static @Nullable Object outcome(Mapping mapping, Object input, boolean planned) {
    try {
      return planned
          ? mapping.evaluate(input, BINDINGS, MappingBounds.DEFAULT)
          : mapping.byLibrary(input, BINDINGS, MappingBounds.DEFAULT);
    } catch (MappingException e) {
      return e.getMessage();
    }
  }

  @Test
  void everyShippedMappingGivesTheSameByBoth() throws IOException {
    List<Path> payloads;
    try (Stream<Path> files = Files.walk(MAPPINGS)) {
      payloads = files.filter(f -> f.toString().endsWith(".in.json")).sorted().toList();
    }
    int planned = 0;
    int compared = 0;
    for (Path file : payloads) {
      String model = file.getFileName().toString().replaceFirst("\\..*", "");
      Path source = file.resolveSibling(model + ".jsonata");
      if (Files.exists(source)) {
        Mapping mapping = compile(Files.readString(source));
        Object input = JSON.readValue(file.toFile(), Object.class);
        assertThat(outcome(mapping, input, true))
            .as(file.toString())
            .isEqualTo(outcome(mapping, JSON.readValue(file.toFile(), Object.class), false));
        planned += mapping.isPlanned() ? 1 : 0;
        compared++;
      }
    }
    assertThat(planned).as("of %d", compared).isGreaterThan(compared * 6 / 10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "b.c",
        "b.c.d",
        "list",
        "list.n",
        "list[0]",
        "list[-1].n",
        "list[n > 1]",
        "list[n > 9]",
        "list[n = 1].n",
        "list.n[0]",
        "list[].n",
        "list[n = 1][]",
        "a[]",
        "b.c[]",
        "missing[]",
        "empty",
        "empty[]",
        "empty.x",
        "nul",
        "nul.x",
        "nested",
        "nested[0]",
        "nested.x",
        "$",
        "$$.a",
        "list.$$.a",
        "list.{\"n\": n, \"a\": $$.a}",
        "[list.n]",
        "[[1, 2], 3]",
        "[list, [a]]",
        "{\"x\": missing, \"y\": nul}",
        "list{\"k\": n}",
        "{\"a\": 1, \"a\": 2}",
        "(list.n)[0]",
        "($x := a; $y := $x + 1; [$x, $y])",
        "($x := 1; ($x := 2; $x) + $x)",
        "list.($m := n; $m * 2)",
        "a + 1",
        "a / 0",
        "a + text",
        "text + 1",
        "missing + 1",
        "text & a & missing & 1.50",
        "-a",
        "-text",
        "a > 1 ? \"y\" : \"n\"",
        "missing ? 1",
        "a = 2.0",
        "text = a",
        "a in [1, 2]",
        "a in 2",
        "missing in [1]",
        "a < text",
        "missing < 1",
        "nul = null",
        "a and missing",
        "$exists(missing)",
        "$type(nul)",
        "$type(list)",
        "$lookup(b, \"c\")",
        "$lookup(list, \"n\")",
        "$lookup(missing, \"n\")",
        "$lookup({\"2\": \"two\", \"1\": \"one\"}, $string(a))",
        "$lookup({\"2\": \"two\"}, missing)",
        "$lookup({\"2\": null}, \"2\")",
        "$lookup({\"2\": 1.0}, text)",
        "$lookup({\"2\": 1}, a)",
        "a in [1, \"hello\", 2.0]",
        "text in [\"hello\", true]",
        "$round(2.5)",
        "$round(-2.5)",
        "$round(b.c.d)",
        "$round(1e17 + 0.5)",
        "$round(a, 1)",
        "$round(25, -1)",
        "-a / 4 - 0.5",
        "0 * -a",
        "4611686018427387904 * 2",
        "list.text.$uppercase($)",
        "list.(text)",
        "list[0].(n)[]",
        "b.c.(d + 1)",
        "b.(c.d)[0]",
        "nested[1].x",
        "nested[1][0].x[]",
        "list.[n]",
        "list[0].[n]",
        "b.[c.d, 1]",
        "b.[c.d]",
        "b.c.[d][0]",
        "$.list.n",
        "$$.b.c",
        "($v := list; $v.n)",
        "($v := list[0]; $v.n)",
        "($v := [list.n]; {\"l\": $v}.l)",
        "($v := {\"l\": list.n}; $v.l[0])",
        "nul.[1]",
        "{\"a\": nul}.a",
        "[nul, {\"x\": nul}]",
        "[{\"x\": a}, {\"x\": missing}][$exists(x)][]",
        "[{\"x\": missing}][$exists(x)][]",
        "{\"x\": [a, missing, [1]], \"y\": {}}",
        "$reading(\"t\", a, \"Cel\")",
        "$reading(\"t\", missing)",
        "$reading(1, a)",
        "$epoch(a)",
        "$epoch(text)",
        "$sum(list.n)",
        "$count(missing)",
        "$round(a / 3, 2)",
        "list.$string(n)",
        "$lowercase(missing)",
        "$f2c(a)",
        "list.n.$f2c()",
        "$f2c()",
        "$convert(a, \"bar\", \"nonsense\")",
        "$join(list.text, \"-\")",
        "$nothing(a)",
        "*",
        "b.*",
        "list.*",
        "$device",
        "$unknown",
        "list[$exists(n)].n",
        "`odd name`.x",
        "list[text = \"two\"].n[]",
        "{\"m\": [list.{\"v\": n}[v > 1]]}",
        "$merge([b, {\"e\": 1}])",
        "$replace(text, /e/, \"a\")",
        "list[[0, 1]].n",
        "$not(missing)",
        "$number(\"12\")",
        "$error(\"no\")",
        "list.n ~> $sum",
        "$map(list, function($v) { $v.n })",
        "($f := function($v) { $v * 2 }; $f(a) + $f($f(a)))",
        "($f := function($v) { $f($v) }; $f(1))",
        "($f := function($v) { $x + $v }; $x := 5; $f(1))",
        "($x := 1; $f := function() { $x }; $x := 2; $f())",
        "($f := function($v) { $v ? text : $number($v) }; list.($f(n)))",
        "($f := function($v) { $v }; $f())",
        "($f := function($v) { $type($v) = \"string\" ? $lowercase($v) : $v }; list.{\"x\": $f(text)})",
        "($f := function($v) { b.c.d & $v }; list.($f(n)))",
        "($f := function($n) { $n }; $map(list.n, $f))"
      })
  void givesWhatTheLibraryGives(String expression) {
    Map<String, Object> input = new java.util.LinkedHashMap<>();
    input.put("a", 2);
    input.put("text", "hello");
    input.put("b", Map.of("c", Map.of("d", 1.5)));
    input.put("nul", null);
    input.put("empty", List.of());
    input.put("list", List.of(Map.of("n", 1, "text", "one"), Map.of("n", 2, "text", "two")));
    input.put("nested", List.of(List.of(Map.of("x", 1), Map.of("x", 2)), List.of(Map.of("x", 3))));
    input.put("odd name", Map.of("x", true));
    Mapping mapping = compile(expression);
    assertThat(outcome(mapping, input, true)).isEqualTo(outcome(mapping, input, false));
    List<Object> many = new ArrayList<>(List.of(input, input));
    assertThat(outcome(mapping, many, true)).isEqualTo(outcome(mapping, many, false));
    assertThat(outcome(mapping, List.of(input), true))
        .isEqualTo(outcome(mapping, List.of(input), false));
  }

  @Test
  void aValueThatWouldBeHugeIsLeftToTheLibraryAndItsBounds() {
    StringBuilder text = new StringBuilder("($a0 := {\"l\": 1};");
    for (int i = 1; i < 60; i++) {
      text.append("$a" + i + " := {\"l\": $a" + (i - 1) + ", \"r\": $a" + (i - 1) + "};");
    }
    Mapping mapping = compile(text.append("$a59)").toString());
    assertThat(mapping.isPlanned()).isTrue();
    assertThat(outcome(mapping, Map.of(), true)).asString().contains("made a value larger");
  }

  @Test
  void theLoopsOverAPayloadAreCounted() {
    List<Object> numbers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      numbers.add(i);
    }
    Mapping mapping = compile("{\"n\": $count(l.($$.l.($$.l.($$.l))))}");
    assertThat(outcome(mapping, Map.of("l", numbers), true)).asString().contains("took longer");
  }
}
