package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MappingTest {
  private static Mapping compile(String expression) {
    return Mapping.compile(new MappingSource("acme/test", "1", expression));
  }

  private static Object apply(String expression, Object input) {
    return compile(expression).apply(input, Map.of(), MappingBounds.DEFAULT);
  }

  @Test
  void yieldsTheExpressionsResult() {
    Object result =
        apply(
            """
            {"measurements": [
              {"name": "supply_air_temp", "value": $round((sat - 32) / 1.8, 1), "unit": "Cel"}]}
            """,
            Map.of("sat", 50));
    assertThat(result)
        .isEqualTo(
            Map.of(
                "measurements",
                List.of(Map.of("name", "supply_air_temp", "value", 10, "unit", "Cel"))));
  }

  @Test
  void seesItsBindings() {
    Object result =
        compile("{'d': $device, 'at': $fromMillis($received)}")
            .apply(Map.of(), Map.of("device", "RTU-2", "received", 1_000L), MappingBounds.DEFAULT);
    assertThat(result).isEqualTo(Map.of("d", "RTU-2", "at", "1970-01-01T00:00:01.000Z"));
  }

  @Test
  void knowsTheRootOfItsOwnInputWhileManyThreadsUseIt() throws Exception {
    Mapping mapping =
        compile(
            """
            ($own := $$.id;
             {"a": items.{"n": n, "root": $$.id}, "b": $own, "d": $device,
              "c": $map([1..5], function($i) { $$.id })})
            """);
    // The thread that compiled takes part, for the library treats it differently.
    checkRoot(mapping, -1);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int base = thread * 10_000;
        done.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 2_000; i++) {
                    checkRoot(mapping, base + i);
                  }
                }));
      }
      for (int i = 100_000; i < 102_000; i++) {
        checkRoot(mapping, i);
      }
      for (Future<?> future : done) {
        future.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static void checkRoot(Mapping mapping, int id) {
    Map<String, Object> input = Map.of("id", id, "items", List.of(Map.of("n", 1), Map.of("n", 2)));
    Object result = mapping.apply(input, Map.of("device", "device-" + id), MappingBounds.DEFAULT);
    assertThat(result)
        .isEqualTo(
            Map.of(
                "a",
                List.of(Map.of("n", 1, "root", id), Map.of("n", 2, "root", id)),
                "b",
                id,
                "c",
                List.of(id, id, id, id, id),
                "d",
                "device-" + id));
  }

  @Test
  void tellsTheTimeOfItsOwnCall() throws Exception {
    Mapping mapping = compile("{'ms': $millis(), 'iso': $now()}");
    mapping.apply(Map.of(), Map.of(), MappingBounds.DEFAULT);
    long before = System.currentTimeMillis();
    Map<?, ?> result = (Map<?, ?>) mapping.apply(Map.of(), Map.of(), MappingBounds.DEFAULT);
    assertThat((Number) result.get("ms"))
        .satisfies(ms -> assertThat(ms.longValue()).isGreaterThanOrEqualTo(before));
  }

  @Test
  void takesATimeWithoutZoneAsUtc() {
    assertThat(apply("{'t': $toMillis('2026-11-20T10:00:00')}", Map.of()))
        .isEqualTo(Map.of("t", 1_795_168_800_000L));
    assertThat(apply("{'t': $toMillis('2026-11-20T12:00:00+02:00')}", Map.of()))
        .isEqualTo(Map.of("t", 1_795_168_800_000L));
  }

  @Test
  void replacesAsTheReferenceDoes() {
    assertThat(apply("{'r': $replace('265USD', /([0-9]+)USD/, '$$$1 is $0')}", Map.of()))
        .isEqualTo(Map.of("r", "$265 is 265USD"));
    assertThat(apply("{'r': $replace('a.b.c', '.', '-', 1)}", Map.of()))
        .isEqualTo(Map.of("r", "a-b.c"));
    assertThat(
            apply(
                "{'r': $replace('68F', /(\\d+)F/, function($m) { $m.groups[0] & 'C' })}", Map.of()))
        .isEqualTo(Map.of("r", "68C"));
  }

  @Test
  void mapsManyArraysWithoutLosingCountOfDepth() {
    Object result =
        apply("{'r': $map([1..1000], function($i) { [$i, $i, $i] })[999][0]}", Map.of());
    assertThat(result).isEqualTo(Map.of("r", 1000));
  }

  @Test
  void takesAnEmptyArrayAsItIs() {
    assertThat(apply("[]", Map.of())).isEqualTo(List.of());
  }

  @Test
  void refusesToYieldNothing() {
    assertThatThrownBy(() -> apply("absent", Map.of()))
        .isInstanceOf(MappingException.class)
        .hasMessage("mapping acme/test: yields nothing for this payload");
  }

  @Test
  void refusesToYieldAScalarOrAFunction() {
    assertThatThrownBy(() -> apply("1", Map.of())).hasMessageContaining("yields a number");
    assertThatThrownBy(() -> apply("{'f': function($x) { $x }}", Map.of()))
        .hasMessageContaining("yields a function in its result");
  }

  @Test
  void namesThePlaceOfASyntaxError() {
    assertThatThrownBy(() -> compile("{\n  \"a\": (1 + \n}"))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("mapping acme/test:3:");
  }

  @Test
  void namesThePlaceOfARuntimeError() {
    assertThatThrownBy(() -> apply("{\n  \"a\": $nothing(1) }", Map.of()))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("mapping acme/test:2:")
        .hasMessageContaining("Attempted to invoke a non-function");
  }
}
