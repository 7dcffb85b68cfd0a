package io.caravanhub.core.drop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.drop.DropPlan.Format;
import io.caravanhub.core.payload.PayloadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest {
  @TempDir private Path folder;

  private static DropPlan plan(String items) {
    return new DropPlan(
        List.of("*"), Format.BY_NAME, (char) 0, (char) 0, List.of(), items, Duration.ZERO);
  }

  private List<Row> rows(String name, String text, String items) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    List<Row> all = new ArrayList<>();
    try (Rows rows = Rows.open(plan(items), file)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        all.add(row);
      }
    }
    return all;
  }

  private static List<String> texts(List<Row> rows) {
    return rows.stream().map(r -> new String(r.payload(), UTF_8)).toList();
  }

  @Test
  void csvWithSemicolonsHasDecimalCommasAndItsNumbersStayWhole() throws IOException {
    assertThat(texts(rows("a.csv", "\ufeffid;time;t\n0012;1767225600;21,5\n\n4711;;-3\n;;\n", "")))
        .containsExactly(
            "{\"id\":\"0012\",\"time\":1767225600,\"t\":21.5}", "{\"id\":4711,\"t\":-3}");
  }

  @Test
  void aRowWithTooManyValuesIsToldWithItsLine() throws IOException {
    List<Row> rows = rows("a.csv", "id,t\nA,1\nB,2,3\nC,4", "");
    assertThat(rows).extracting(Row::line).containsExactly(2L, 3L, 4L);
    assertThat(rows.get(1).problem()).isEqualTo("expected 2 values, got 3");
    assertThat(rows.get(2).problem()).isNull();
  }

  @Test
  void linesOfJsonAreEachForThemselves() throws IOException {
    List<Row> rows = rows("a.jsonl", "{\"id\":\"A\"}\n{\"id\":\n\n[1]\n{\"id\":\"B\"}\n", "");
    assertThat(rows).extracting(Row::line).containsExactly(1L, 2L, 4L, 5L);
    assertThat(rows.get(1).problem()).startsWith("is not JSON");
    assertThat(rows.get(2).problem()).isEqualTo("expected a JSON object");
    assertThat(rows.get(3).problem()).isNull();
  }

  @Test
  void anArrayMayLieDeepInItsFile() throws IOException {
    String text =
        "{\"head\":{\"rows\":[0]},\n\"data\":{\"rows\":[{\"id\":\"A\"},\n7,{\"id\":\"B\"}],\"n\":2}}";
    List<Row> rows = rows("a.json", text, "/data/rows");
    assertThat(texts(rows)).containsExactly("{\"id\":\"A\"}", "7", "{\"id\":\"B\"}");
    assertThat(rows.get(1).problem()).isEqualTo("expected a JSON object");
    assertThat(texts(rows("b.json", "{\"id\":\"A\"}", ""))).containsExactly("{\"id\":\"A\"}");
  }

  @Test
  void whatIsCutCannotBeReadOn() {
    assertThatThrownBy(() -> rows("a.json", "[{\"id\":\"A\"},\n{\"id\"", ""))
        .isInstanceOf(PayloadException.class)
        .hasMessageStartingWith("line 2: is not JSON");
    assertThatThrownBy(() -> rows("a.csv", "", ""))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("expected a header");
  }

  @Test
  void aQuotationMarkThatIsNeverClosedEndsTheFileAndNotTheMemory() {
    String rest = "B,2\n".repeat(600_000);
    assertThatThrownBy(() -> rows("a.csv", "id,t\nA,\"1\n" + rest, ""))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("quotation mark");
  }
}
