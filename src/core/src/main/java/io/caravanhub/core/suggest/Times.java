package io.caravanhub.core.suggest;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds times of measurement. Stateless. */
final class Times {
  private static final double YEAR_2001 = 978e6;
  private static final double YEAR_2103 = 42e8;
  private static final Pattern LOCAL =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2}([.,]\\d{1,9})?)?");
  private static final List<String> MEASURED =
      List.of("measured", "observed", "sampled", "recorded");
  private static final List<String> LATER =
      List.of("received", "updated", "created", "logged", "last", "seen", "update");

  private Times() {}

  /** How the time is written, or null when it is none. */
  static @Nullable String format(String name, @Nullable Object value) {
    if (value instanceof String text) {
      return text(name, text);
    }
    return value instanceof Number number && isTimeName(name) ? count(number.doubleValue()) : null;
  }

  private static @Nullable String text(String name, String text) {
    if (text.length() < 10 || text.length() > 40) {
      return null;
    }
    try {
      if (LOCAL.matcher(text).matches()) {
        LocalDateTime.parse(text.replace(' ', 'T').replace(',', '.'));
        return "local";
      }
      if (text.charAt(4) == '-') {
        OffsetDateTime.parse(text);
        return "iso";
      }
      return isTimeName(name) ? count(Double.parseDouble(text)) : null;
    } catch (DateTimeException | NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable String count(double value) {
    double unit = 1;
    for (String name : List.of("s", "ms", "us", "ns")) {
      if (value > YEAR_2001 * unit && value < YEAR_2103 * unit) {
        return name;
      }
      unit *= 1000;
    }
    return null;
  }

  private static boolean isTimeName(String name) {
    List<String> words = words(name);
    return words.equals(List.of("t"))
        || words.stream().anyMatch(word -> Words.means(word, Words.TIME));
  }

  private static List<String> words(String name) {
    return Words.split(name).stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
  }

  static @Nullable String format(Field field) {
    String name = field.names().get(field.names().size() - 1);
    String format = format(name, field.sample());
    return field.values().stream().allMatch(v -> format(name, v) != null) ? format : null;
  }

  /** The likeliest time of measurement among the fields. */
  static Optional<Field> best(List<Field> fields) {
    return fields.stream()
        .filter(field -> format(field) != null)
        .max(Comparator.comparingDouble(Times::rank));
  }

  private static double rank(Field field) {
    List<String> own = words(field.names().get(field.names().size() - 1));
    double rank = own.stream().anyMatch(MEASURED::contains) ? 5 : 4;
    if (own.stream().anyMatch(LATER::contains)) {
      rank = 2;
    }
    for (String name : field.names()) {
      for (String word : words(name)) {
        if (Words.means(word, Words.ABOUT) || Words.means(word, Words.ENVELOPE)) {
          rank -= 3;
        }
      }
    }
    return rank - 0.3 * field.names().size() - (field.channel() > 0 ? 2 : 0);
  }
}
