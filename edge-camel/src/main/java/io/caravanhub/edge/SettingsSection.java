package io.caravanhub.edge;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One section of {@code edge.yaml}; every mistake is told by the field's path.
 *
 * @param path of the section
 * @param node its fields; missing when the file does not have it
 * @param folder what relative paths begin at
 */
record SettingsSection(String path, JsonNode node, Path folder) {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?(|kB|MB|GB|KiB|MiB|GiB)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "",
          1L,
          "kB",
          1_000L,
          "MB",
          1_000_000L,
          "GB",
          1_000_000_000L,
          "KiB",
          1L << 10,
          "MiB",
          1L << 20,
          "GiB",
          1L << 30);

  void only(Set<String> known) {
    if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
      throw new IllegalArgumentException(path + ": expected fields");
    }
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                throw wrong(field, "there is no such setting");
              }
            });
  }

  IllegalArgumentException wrong(String field, String what) {
    return new IllegalArgumentException(path + "." + field + ": " + what);
  }

  @Nullable String text(String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }

  @Nullable Path file(String field) {
    String text = text(field);
    return text == null ? null : folder.resolve(text).normalize();
  }

  /** A file that must be there. */
  @Nullable Path existing(String field) {
    Path file = file(field);
    if (file != null && !Files.isReadable(file)) {
      throw wrong(field, FileTrouble.unreadable(file));
    }
    return file;
  }

  /** What the field says, or what the file says that {@code <field>File} names. */
  @Nullable String secret(String field) {
    Path file = file(field + "File");
    if (file == null) {
      return text(field);
    }
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          path + "." + field + "File: " + FileTrouble.unreadable(file), e);
    }
  }

  /** Bytes: a number, with kB, MB, GB, KiB, MiB or GiB behind it. */
  long bytes(String field, long fallback, long least) {
    String text = text(field);
    if (text == null) {
      return fallback;
    }
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      throw wrong(field, "expected 2GiB, 500MB or a number of bytes, got \"" + text + "\"");
    }
    long bytes = Long.parseLong(size.group(1)) * UNITS.getOrDefault(size.group(2), 1L);
    if (bytes < least) {
      throw wrong(field, "expected at least " + least + " bytes, got " + text);
    }
    return bytes;
  }

  Duration duration(String field, Duration fallback) {
    String text = text(field);
    try {
      Duration duration = text == null ? fallback : Duration.parse(text);
      if (duration.isNegative() || duration.isZero()) {
        throw wrong(field, "expected more than nothing, got " + text);
      }
      return duration;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          path + "." + field + ": expected P7D or the like, got \"" + text + "\"", e);
    }
  }

  /** One of the names of an enum, in lower case with dashes. */
  <E extends Enum<E>> E choice(String field, E fallback, List<E> choices) {
    String text = text(field);
    if (text == null) {
      return fallback;
    }
    for (E choice : choices) {
      if (label(choice).equals(text)) {
        return choice;
      }
    }
    String expected = String.join(", ", choices.stream().map(SettingsSection::label).toList());
    throw wrong(field, "expected one of " + expected + ", got \"" + text + "\"");
  }

  static <E extends Enum<E>> List<E> all(Class<E> type) {
    return Arrays.asList(type.getEnumConstants());
  }

  private static String label(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
