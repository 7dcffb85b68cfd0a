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
    assertThat(planned).as("of %d", compared).isGreaterThan(compared * 9 / 10);
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
        "$epoch(\"2026-11-20T10:00:00Z\")",
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
        "($f := function($n) { $n }; $map(list.n, $f))",
        "$map(list, function($v, $i) { {\"n\": $v.n, \"i\": $i} })",
        "$map(list, function($v, $i, $all) { $count($all) + $i })",
        "$map(list, function($v) { [$v.n, $v.n] })",
        "$map(list[0], function($v) { $v.n })",
        "$map(a, function($v) { $v + 1 })",
        "$map(missing, function($v) { 1 })",
        "$map(nul, function($v) { $type($v) })",
        "$map([nul, a], function($v) { $type($v) })",
        "$map(empty, function($v) { 1 })",
        "$map(nested, function($v) { $map($v, function($w) { $w.x }) })",
        "$map(list, function($v) { a & $v.n })",
        "list.$map(n, function($v) { text & $v })",
        "$map($, function($v) { $v.a })",
        "$map($$, function($v) { $v.a })",
        "$map(list, function($v) { $v.n > 1 ? $v })[]",
        "$map(list, function($v) { $device & $v.n })",
        "$map(list, function($v) { $string($v.n) })[0]",
        "$map(list, function() { 1 })",
        "$map(list, $uppercase)",
        "$map(b, function($v) { $v.c })",
        "$map(text, function($v) { $v & \"!\" })",
        "$map(list, function($v) { $nothing($v) })",
        "$map(list)",
        "($x := 1; $map(list, function($v) { ($x := $x + $v.n; $x) }))",
        "($x := 1; $map(list, function($v) { $x + $v.n }) ~> $sum)",
        "($map := 1; $map)",
        "[$count(nul), $count(a), $count(list), $count(empty), $count(nested.x), $count($)]",
        "[$sum(a), $max(a), $min(list.n), $average(list.n), $sum(nested.x), $max(nested[0].x)]",
        "[$sum(missing), $max(missing), $average(missing), $count(missing)]",
        "{\"s\": $sum(empty), \"m\": $max(empty), \"a\": $average(empty)}",
        "{\"s\": $sum([]), \"m\": $min([]), \"a\": $average([]), \"c\": $count([])}",
        "$sum(text)",
        "$max(nul)",
        "$sum([1, \"2\"])",
        "$sum([0.1, 0.2, 0.3])",
        "$average([1, 2.5])",
        "$sum(list)",
        "$count(1, 2)",
        "list.$count(n)",
        "($f := function($v, $w) { [$v, $w] }; $f(a))",
        "($f := function($v, $w) { [$v, $w] }; $w := 7; $f(a))",
        "($w := 7; $f := function($v, $w) { [$v, $w] }; $f(a))",
        "($f := function($v, $device) { [$v, $device] }; $f(a))",
        "($f := function($v, $sum) { $exists($sum) }; $f(a))",
        "($f := function($v, $w) { $exists($w) ? $v : 0 }; [$f(a), $f(a, 1), $f(a)])",
        "($f := function($v) { $v }; $f(1, 2))",
        "($f := function($v) { $filter($v, function($w) { $w.x = 3 }) }; nested.[$f($)])",
        "($f := function($v) { $v ? $filter(list, function($w) { $w.n = 1 }) : 0 }; [$f(1)])",
        "($f := function($v) { ($x := 1; $map($v, function($w) { $w.x })) }; $map(nested, $f))",
        "$map(nested, function($v) { $v.x })",
        "$map(nested, function($v) { $count($v) > 1 ? $map($v, function($w) { $w.x }) : [$v.x] })",
        "$filter(list, function($v) { $v.n > 1 })",
        "$filter(list, function($v, $i) { $i = 0 }).n",
        "$filter(list, function($v) { $v.missing })",
        "$filter(list.n, function($v) { $v - 1 })",
        "$filter(a, function($v) { $v = 2 })",
        "$filter(nested, function($v) { $count($v) > 1 })",
        "$each(b, function($v, $k) { $k & $type($v) })",
        "$each(b.c, function($v) { $v })",
        "$each($, function($v, $k) { $type($v) = \"number\" ? {\"name\": $k, \"value\": $v} })",
        "$each(missing, function($v) { $v })",
        "$each(list, function($v) { $v })",
        "b.$each(function($v, $k) { $k })",
        "list#$i.{\"n\": n, \"i\": $i}",
        "list#$i.(n + $i)",
        "list#$i[n > 1].($i & text)",
        "list[n > 1]#$i.($i & text)",
        "list#$i.n",
        "list.n#$i.($ & $i)",
        "list#$i.text#$j.($i & $j)",
        "nested#$i.x",
        "nested#$i.$#$j.(x & \":\" & $i & $j)",
        "b#$i.c.(d + $i)",
        "missing#$i.($i)",
        "empty#$i.($i)",
        "a#$i.($i)",
        "list#$i",
        "list#$i[$i = 1]",
        "list#$i[]",
        "list#$i.{\"i\": $i}[0]",
        "($l := list; $l#$i.($i := $i + 1; $v := $; {\"v\": $v.n, \"i\": $i}))",
        "($f := function($v) { $v#$i.($i) }; $f(list))",
        "($i := 5; list#$i.($i); $i)",
        "list@$l.($l.n)",
        "list#$i.(n)[]",
        "[0..3]",
        "[a..4]",
        "[0..3].($ * 2)",
        "[3..0]",
        "[0..missing]",
        "[0..b.c.d]",
        "[0..text]",
        "[1..2, 5..6]",
        "[0..2].{\"x\": $lookup($$.b, \"c\"), \"i\": $}",
        "$sum([1..100])",
        "$merge([b, {\"x\": 1}, list[0]])",
        "($x := 1; ($f := function($y) { $x + $y }; $x := 2; $f(0)))",
        "($x := 1; ($f := function($y) { $x + $y }; $r := $f(0); $x := 2; [$r, $f(0)]))",
        "($x := 1; ($g := ($f := function($y) { $x + $y }; $f(1)); $x := 2; [$g, $x]))",
        "($f := function($x) { ($g := function($y) { $x + $y }; $x := 2; $g(0)) }; $f(1))",
        "($i := 7; list#$i.($f := function($y) { $i + $y }; $i := 2; $f(0)))"
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
