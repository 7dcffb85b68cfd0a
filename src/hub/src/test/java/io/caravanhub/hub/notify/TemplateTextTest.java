package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.ibm.icu.util.ULocale;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates in the ICU message format: what is taken, what is refused, and how it reads. */
class TemplateTextTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static String german(String pattern, Map<String, ?> more) throws Exception {
    return TemplateText.checked(pattern, "de")
        .with(
            TemplateArguments.of(
                TemplateArguments.sampleFacts(),
                more,
                ULocale.GERMANY,
                BERLIN,
                UnaryOperator.identity()),
            ULocale.GERMANY);
  }

  @Test
  void numbersUnitsAndTimesAreTheReadersOwn() throws Exception {
    assertThat(
            german("{reading} seit {opened_at, date, short}, {opened_at, time, short}", Map.of()))
        .isEqualTo("91,5\u00a0°C seit 31.01.26, 03:15");
  }

  @Test
  void aTimeWithoutAFormIsShort() throws Exception {
    assertThat(german("{opened_at}", Map.of())).contains("31.01.26").contains("03:15");
  }

  @Test
  void pluralsAreThoseOfTheLanguage() throws Exception {
    String pattern = "{count, plural, one {# Ereignis} other {# Ereignisse}}";
    assertThat(german(pattern, Map.of("count", 1))).isEqualTo("1 Ereignis");
    assertThat(german(pattern, Map.of("count", 14))).isEqualTo("14 Ereignisse");
  }

  @Test
  void aTextThatNobodyKnowsIsEmptyAndCanBeAskedFor() throws Exception {
    ObjectNode facts = (ObjectNode) TemplateArguments.sampleFacts();
    ((ObjectNode) facts.path("asset")).remove("location");
    assertThat(
            TemplateText.checked(
                    "{asset}{has_location, select, no {} other {, {location}}}|{location}", "en")
                .with(
                    TemplateArguments.of(
                        facts, Map.of(), ULocale.ENGLISH, BERLIN, UnaryOperator.identity()),
                    ULocale.ENGLISH))
        .isEqualTo("Pump 7|");
  }

  @Test
  void aNumberThatNobodyKnowsIsADash() throws Exception {
    ObjectNode facts = (ObjectNode) TemplateArguments.sampleFacts();
    ((ObjectNode) facts.path("event")).remove("value");
    assertThat(
            TemplateText.checked("{value, number}", "en")
                .with(
                    TemplateArguments.of(
                        facts, Map.of(), ULocale.ENGLISH, BERLIN, UnaryOperator.identity()),
                    ULocale.ENGLISH))
        .isEqualTo("–");
  }

  @Test
  void aTextThatSaysSoIsNoNumber() throws Exception {
    ObjectNode facts = (ObjectNode) TemplateArguments.sampleFacts();
    ((ObjectNode) facts.path("event")).remove("value");
    ((ObjectNode) facts.path("asset")).put("customer", "NaN Foods");
    assertThat(
            TemplateText.checked("{customer}: {value, number}", "en")
                .with(
                    TemplateArguments.of(
                        facts, Map.of(), ULocale.ENGLISH, BERLIN, UnaryOperator.identity()),
                    ULocale.ENGLISH))
        .isEqualTo("NaN Foods: –");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Hello {nobody}|line 1, column 8: there is no argument \"nobody\"",
        "{message, number}|line 1, column 2: \"message\" is no number",
        "{value, date}|line 1, column 2: \"value\" is no time",
        "{0}|line 1, column 2: expected the name of an argument",
        "{severity, select, critical {{message, plural, other {x}}} other {}}|is no number"
      })
  void aWrongTextIsRefusedWithItsPlace(String pattern, String problem) {
    assertThatThrownBy(() -> TemplateText.checked(pattern, "en"))
        .isInstanceOf(TemplateText.WrongTextException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void theLineOfAMistakeIsNamed() {
    assertThatThrownBy(() -> TemplateText.checked("one\ntwo\n {asset} {nope}", "en"))
        .hasMessageContaining("line 3, column 11");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{message",
        "{count, plural, one {x}}",
        "{value, number, #.#0#.}",
        "{value, strange}"
      })
  void aTextThatWouldFailLaterIsRefusedNow(String pattern) {
    assertThatThrownBy(() -> TemplateText.checked(pattern, "en"))
        .isInstanceOf(TemplateText.WrongTextException.class);
  }

  @Test
  void everyShippedTemplateStandsItsOwnExamination() throws Exception {
    ShippedTemplates shipped = new ShippedTemplates();
    for (String name : shipped.names()) {
      for (String language : ShippedTemplates.LANGUAGES) {
        for (ChannelKind kind : ChannelKind.values()) {
          Template template = shipped.find(name, kind, language);
          TemplateText.checked(template.subject(), language);
          TemplateText.checked(template.text(), language);
        }
      }
    }
  }

  @Test
  void whatDevicesSayIsNoMarkup() {
    assertThat(Escape.html("<b onclick='x'>&")).isEqualTo("&lt;b onclick=&#39;x&#39;&gt;&amp;");
    assertThat(Escape.of(ChannelKind.SLACK).apply("<!channel>")).isEqualTo("&lt;!channel&gt;");
    assertThat(Escape.of(ChannelKind.TEAMS).apply("[a](b)")).isEqualTo("\\[a\\]\\(b\\)");
    assertThat(Escape.line("a\r\nBcc: x")).isEqualTo("a Bcc: x");
  }
}
