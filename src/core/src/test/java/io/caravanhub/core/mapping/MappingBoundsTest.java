package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingBoundsTest {
  private static Object apply(String expression) {
    return Mapping.compile(new MappingSource("acme/test", "1", expression))
        .apply(Map.of("s", "a".repeat(40) + "!"), Map.of(), MappingBounds.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "($f := function($n) { $f($n + 1) }; $f(0))",
        "($f := function($n) { [1, $f($n + 1)] }; $f(0))",
        "[1..1000000] ~> $map(function($x) { $map([1..1000], function($y) { $y * $x }) })",
        "{'a': $contains(s, /^(a+)+\\1x$/)}",
        "{'a': $match(s, /^(a|aa)+\\1x$/)}",
        "{'a': $replace(s, /^(a+)+\\1x$/, 'b')}",
        "{'a': $split(s, /(a+)+\\1x$/)}",
        "{'a': $filter([1..100000], function($x) { $contains($$.s, /^(a+)+\\1x$/) })}",
        "($d := function($s, $n) { $n = 0 ? $s : $d($s & $s, $n - 1) }; {'a': $d('ab', 60)})",
        "($d := function($s, $n) { $n = 0 ? $s : $d({'l': $s, 'r': $s}, $n - 1) };"
            + " {'a': $string($d('ab', 60))})",
        "($d := function($s, $n) { $n = 0 ? $s : $d({'l': $s, 'r': $s}, $n - 1) }; $d('ab', 60))",
        "($d := function($s, $n) { $n = 0 ? $s : $d({'l': $s}, $n - 1) }; $d('ab', 100000))",
        "{'a': $pad('x', 2000000000)}",
        "{'a': $pad('x', -2000000000, '#')}",
        "{'a': $join([1..100000].('x'), $pad('y', 1000000))}",
        "{'a': $replace($pad('x', 1000000, 'x'), 'x', $pad('y', 1000000))}",
        "{'a': $replace('xxx', 'x', 'x', 1000000000) & $pad('', 3000000)}",
        "{'a': $map([1..100000].($pad('x', 10000)), $uppercase)}",
        "[1..10000000]",
        "{'a': $sum([1..10000000])}",
        "{'a': $reduce([1..1000000], $append)}",
      })
  void stopsWhatWouldNotEnd(String expression) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> apply(expression)).isInstanceOf(MappingException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'n': $count([$c, $c, $c, $c, $c, $c, $c, $c, $c, $c])}",
        "{'n': $count($map([1..9], function($i) { [$c, $i] }))}",
      })
  void refusesAnArrayThatGrowsByItsVariables(String expression) {
    String tenfold = "[$%1$s, $%1$s, $%1$s, $%1$s, $%1$s, $%1$s, $%1$s, $%1$s, $%1$s, $%1$s]";
    String grown =
        "($a := [1..10000]; $b := %s; $c := %s; %s)"
            .formatted(tenfold.formatted("a"), tenfold.formatted("b"), expression);
    assertThatThrownBy(() -> apply("{'metrics': " + grown + "}"))
        .isInstanceOf(MappingException.class)
        .hasMessageMatching(".*(made a value larger|took longer).*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$sum($$.xs)",
        "$i in $$.xs",
        "$$.xs = $$.ys",
        "$count($$.xs[])",
        "$count($distinct($$.xs))",
        "$length($uppercase($$.long))",
        "$count($split($$.long, 'b'))",
        "$length($string($$.deep))",
        "$count($$.deep.x)",
        "$lookup($$.xs, 'a')",
        "$substringBefore($$.long, 'b')",
      })
  void stopsWhatDoesMuchInEachTurnOfALoop(String turn) {
    List<Integer> xs = Collections.nCopies(300_000, 1);
    Map<String, Object> input =
        Map.of(
            "xs",
            new ArrayList<>(xs),
            "ys",
            new ArrayList<>(xs),
            "long",
            "a".repeat(1_000_000),
            "deep",
            List.of(new ArrayList<>(xs)));
    Mapping mapping =
        Mapping.compile(
            new MappingSource(
                "acme/test",
                "1",
                "{'metrics': {'a': $count($map([1..9000], function($i) { %s }))}}"
                    .formatted(turn)));
    assertThat(mapping.isPlanned()).isTrue();
    try {
      assertTimeoutPreemptively(
          Duration.ofSeconds(6), () -> mapping.apply(input, Map.of(), MappingBounds.DEFAULT));
    } catch (MappingException e) {
      assertThat(e).hasMessageMatching(".*(took longer|made a value larger).*");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$eval('1')",
        "{'a': s ~> $eval}",
        "/(a+)+$/(s)",
        "s ~> /(a+)+$/",
        "($r := /(a+)+$/; $r(s))",
        "($f := function($r) { $r($$.s) }; $f(/(a+)+$/))",
        "($contains := function($s, $r) { $r($s) }; $contains(s, /(a+)+$/))",
        "function($match) { $match }",
        "a@$match.b",
        "$match(s, /(a+)+$/(s))",
      })
  void refusesToCompileWhatCannotBeStopped(String expression) {
    assertThatThrownBy(() -> apply(expression))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("mapping acme/test:1:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'a': 10 / 2 / 5, 'b': \"$eval(1)\", /* $eval( ' */ 'c': $split('a/b', '/')}",
        "{'a': $contains('x/y', /x\\/[/]y|x/), 'b': (4) / 2}",
        "{'a': 'it' & \"'s\", 'b': `odd / name`}",
        "{'a': s ~> $contains(/^a/i), 'b': $replace('a1', /[0-9]/, '$0')}",
        "{'a': **[0]}",
        "{'a': [4, 2].(* / 2)}",
      })
  void leavesOrdinaryExpressionsAlone(String expression) {
    assertThat(apply(expression)).isInstanceOf(Map.class);
  }
}
