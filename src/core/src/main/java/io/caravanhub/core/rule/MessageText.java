package io.caravanhub.core.rule;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Fills a rule's message, with numbers and units as people write them. */
final class MessageText {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z]+)}");
  private static final Map<String, String> UNITS =
      Map.of("Cel", "°C", "[degF]", "°F", "m3/h", "m³/h", "K", "K");

  private MessageText() {}

  static String render(Detection detection) {
    return PLACEHOLDER
        .matcher(detection.rule().outcome().message())
        .replaceAll(
            found ->
                java.util.regex.Matcher.quoteReplacement(
                    switch (found.group(1)) {
                      case "value" -> number(detection.value());
                      case "unit" -> unit(detection.unit());
                      case "threshold" -> number(detection.threshold());
                      case "metric" -> String.valueOf(detection.finding().metric());
                      case "reason" -> reason(detection.finding());
                      case "severity" -> detection.rule().outcome().severity().label();
                      case "device" -> detection.device().serial();
                      case "rule" -> detection.rule().id();
                      default -> found.group();
                    }));
  }

  private static String reason(Finding finding) {
    return finding.judgement() == null ? "" : finding.judgement().reason();
  }

  private static String number(double number) {
    return Double.isFinite(number)
        ? BigDecimal.valueOf(number)
            .setScale(Math.abs(number) < 100 ? 2 : 0, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString()
        : "?";
  }

  private static String unit(@Nullable String code) {
    return code == null ? "" : UNITS.getOrDefault(code, code);
  }
}
