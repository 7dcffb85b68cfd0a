package io.caravanhub.core.suggest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What the words in vendors' names mean, from the file {@code words.txt}. Immutable. */
final class Words {
  /** Says nothing about the quantity. */
  static final String NOISE = "-";

  /** The field is about a quantity, it is not one: a limit, a setting, a time span. */
  static final String ABOUT = "!";

  /** The field is about the message or the network. */
  static final String ENVELOPE = "~";

  /** A name or an address. */
  static final String NAME = "@";

  /** The field is a state. */
  static final String STATE = "?";

  static final String TIME = "time";

  private static final Map<String, List<String>> MEANINGS = load();
  private static final Pattern PARTICLES =
      Pattern.compile(
          "(?i)\\bpm[ _]?(?:(10)|(2)[ _.p]?5|(1)(?:[ _.p]0)?|(4)(?:[ _.p]0)?)(?![0-9])");
  private static final Pattern UNIT_AT_END =
      Pattern.compile("(?<=[a-z]{2})(kWh|KWh|Wh|kW|mA|mV|kPa|hPa|kVA|dBm)(?![A-Za-z])");
  private static final Pattern CAMEL =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
  private static final int SHORTEST_PART = 3;

  private Words() {}

  /** What a word means; empty when it is not known. */
  static List<String> meaning(String word) {
    return MEANINGS.getOrDefault(word, List.of());
  }

  static boolean means(String word, String meaning) {
    return meaning(word).contains(meaning);
  }

  /**
   * The parts of a name as they are written: {@code TempC_DS} is {@code Temp C DS}, {@code
   * linkquality} is {@code link quality}, {@code temperature2} is {@code temperature 2}.
   */
  static List<String> split(String name) {
    String joined = PARTICLES.matcher(name).replaceAll(Words::particles);
    joined = UNIT_AT_END.matcher(joined).replaceAll(" $1");
    List<String> words = new ArrayList<>();
    for (String part : joined.split("[^\\p{L}\\p{N}]+")) {
      if (!part.isEmpty()) {
        parts(part, words);
      }
    }
    return words;
  }

  private static String particles(MatchResult match) {
    for (int group = 1; group <= 4; group++) {
      if (match.group(group) != null) {
        return " pm" + (group == 2 ? "25" : match.group(group)) + " ";
      }
    }
    return match.group();
  }

  private static void parts(String part, List<String> words) {
    if (isKnown(part) || UnitNames.suffix(part) != null) {
      words.add(part);
      return;
    }
    String[] camel = CAMEL.split(part);
    if (camel.length > 1) {
      for (String piece : camel) {
        parts(piece, words);
      }
      return;
    }
    int digits = part.length();
    while (digits > 0 && Character.isDigit(part.charAt(digits - 1))) {
      digits--;
    }
    String letters = part.substring(0, digits);
    if (digits < part.length() && digits > 0 && (isKnown(letters) || letters.length() == 1)) {
      words.add(letters);
      words.add(part.substring(digits));
      return;
    }
    List<String> glued = glued(part.toLowerCase(Locale.ROOT));
    if (glued.isEmpty()) {
      words.add(part);
    } else {
      words.addAll(glued);
    }
  }

  private static boolean isKnown(String word) {
    return MEANINGS.containsKey(word.toLowerCase(Locale.ROOT)) || UnitNames.word(word) != null;
  }

  /** Known words written without a gap, the longest first; empty when something is left over. */
  private static List<String> glued(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    for (int end = text.length(); end >= SHORTEST_PART; end--) {
      String head = text.substring(0, end);
      if (isKnown(head)) {
        List<String> all = new ArrayList<>(List.of(head));
        if (end == text.length()) {
          return all;
        }
        List<String> rest = glued(text.substring(end));
        if (!rest.isEmpty()) {
          all.addAll(rest);
          return all;
        }
      }
    }
    return List.of();
  }

  /** Lines {@code meaning: word word …} of a file beside this class, in their order. */
  static Map<String, String> lines(String file) {
    try (InputStream in = Objects.requireNonNull(Words.class.getResourceAsStream(file))) {
      Map<String, String> lines = new java.util.LinkedHashMap<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(
              line -> {
                int colon = line.indexOf(':');
                if (lines.put(line.substring(0, colon), line.substring(colon + 1).strip())
                    != null) {
                  throw new IllegalStateException(file + ": twice: " + line);
                }
              });
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, List<String>> load() {
    Map<String, List<String>> meanings = new HashMap<>();
    lines("words.txt")
        .forEach(
            (meaning, words) -> {
              for (String word : words.split(" +")) {
                if (meanings.put(word, List.of(meaning.split(" "))) != null) {
                  throw new IllegalStateException("words.txt: " + word + " is there twice");
                }
              }
            });
    return Map.copyOf(meanings);
  }
}
