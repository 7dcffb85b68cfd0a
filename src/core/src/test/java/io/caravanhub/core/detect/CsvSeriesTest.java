package io.caravanhub.core.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV files in and out. */
class CsvSeriesTest {
  private static final CsvColumns COLUMNS = new CsvColumns("ts", List.of("b", "a c"));

  @Test
  void columnsAreFoundByNameAndTheDelimiterByItself() throws IOException {
    for (String between : List.of(",", ";", "\t")) {
      String text = "\uFEFFa c,ts,b\n1.5,2026-11-01 12:00:00,2\n,1793534400,-3e2\n";
      List<CsvSeries.Row> rows = series(text.replace(",", between)).rows();

      assertThat(rows).extracting(CsvSeries.Row::time).contains("2026-11-01 12:00:00");
      assertThat(rows.get(0).values()).containsExactly(2, 1.5);
      assertThat(rows.get(1).values()).containsExactly(-300, Double.NaN);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-01 12:00:00",
        "2026-11-01T12:00:00",
        "2026-11-01T12:00:00.000Z",
        "2026-11-01T13:00:00+01:00",
        "2026-11-01 12:00",
        "1793534400",
        "1793534400.0",
        "1793534400000"
      })
  void aTimeIsReadInTheUsualWays(String text) {
    assertThat(CsvTime.epochMillis(text)).hasValue(1_793_534_400_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "noon", "2026-13-01", "2026-1", "-", "NaN", "1e300", "--------------"})
  void whatIsNoTimeIsNone(String text) {
    assertThat(CsvTime.epochMillis(text)).isEmpty();
  }

  @Test
  void aCellThatIsNoNumberIsNamedByLineAndColumn() throws IOException {
    CsvSeries file = series("ts,b,a c\n2026-11-01,1,2\n2026-11-02,1,n/a\n");
    file.next();
    assertThatThrownBy(file::next)
        .isInstanceOf(CsvException.class)
        .hasMessage("line 3, column \"a c\": expected a number, got \"n/a\"");
  }

  @Test
  void aTimeThatIsNoneIsNamedByLineAndColumn() throws IOException {
    assertThatThrownBy(series("ts,b,a c\nyesterday,1,2\n")::next)
        .hasMessageStartingWith("line 2, column \"ts\": expected a time like");
  }

  @Test
  void aColumnThatIsNotThereAndALineTooShortAreTold() throws IOException {
    assertThatThrownBy(() -> series("ts,b\n"))
        .hasMessage("line 1: no column \"a c\"; there are ts, b");
    assertThatThrownBy(() -> series(""))
        .hasMessage("line 1: expected the names of the columns, got nothing");
    assertThatThrownBy(series("ts,b,a c\n2026-11-01,1\n")::next)
        .hasMessage("line 2: expected 3 columns, got 2");
  }

  @Test
  void aJudgementIsALineWithItsReasonInQuotesWhereNeeded() throws IOException {
    StringWriter text = new StringWriter();
    DetectionCsv file = new DetectionCsv(text);
    file.write("t1", Detection.anomaly(2 / 3.0, -1.25, 1e-7, 1, "a, \"b\""));
    file.write("t2", Detection.missing());

    assertThat(text.toString())
        .isEqualTo(
            "time,score,anomaly,expected_low,expected_high,reason\n"
                + "t1,0.666667,1,-1.25,1.00000e-07,\"a, \"\"b\"\"\"\n"
                + "t2,0.000000,0,,,no value\n");
  }

  private static CsvSeries series(String text) throws IOException {
    return new CsvSeries(new StringReader(text), COLUMNS);
  }
}
