package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Jsonata.JFunction;
import java.text.ParseException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The built-in functions that a bound on steps cannot stop, each under a check of its own, and
 * those whose answer would depend on the thread or the machine ({@code $now}, {@code $millis},
 * {@code $toMillis} of a time without zone, which is UTC here). Everything else about them is the
 * library's. The methods are public because the library calls them by reflection. Functions of our
 * own are in {@link io.caravanhub.core.function.TradeFunctions}.
 */
public final class GuardedFunctions {
  private static final int LONGEST_PICTURE = 64;
  private static final Map<String, JFunction> DEFINED = define();

  private GuardedFunctions() {}

  private static Map<String, JFunction> define() {
    Map<String, JFunction> functions = new TreeMap<>();
    define(functions, "append", "<xx:a>");
    define(functions, "clone", "<(oa)-:o>");
    define(functions, "contains", "<s-(sf):b>");
    define(functions, "eval", "<sx?:x>");
    define(functions, "formatInteger", "<n-s:s>");
    define(functions, "fromMillis", "<n-s?s?:s>");
    define(functions, "join", "<a<s>s?:s>");
    define(functions, "match", "<s-f<s:o>n?:a<o>>");
    define(functions, "millis", "<:n>");
    define(functions, "now", "<s?s?:s>");
    define(functions, "pad", "<s-ns?:s>");
    define(functions, "parseInteger", "<s-s:n>");
    define(functions, "replace", "<s-(sf)(sf)n?:s>");
    define(functions, "split", "<s-(sf)n?:a<s>>");
    define(functions, "string", "<x-b?:s>");
    define(functions, "toMillis", "<s-s?:n>");
    return functions;
  }

  private static void define(Map<String, JFunction> functions, String name, String signature) {
    functions.put(
        name,
        Jsonata.function(name, signature, GuardedFunctions.class, null, implementation(name)));
  }

  private static String implementation(String name) {
    return name.equals("clone") ? "copy" : name;
  }

  /**
   * The functions that have to stand before the library's own in the frame of this expression:
   * those it names, or all of them when it may make up expressions.
   */
  static Map<String, JFunction> in(String expression) {
    Map<String, JFunction> named = new TreeMap<>(DEFINED);
    if (!expression.contains("eval")) {
      named.keySet().removeIf(name -> !expression.contains(name));
    }
    return named;
  }

  /** Names an expression may not give to values of its own. */
  static Set<String> names() {
    return DEFINED.keySet();
  }

  public static @Nullable Object append(@Nullable Object first, @Nullable Object second) {
    Evaluation.current().measure(first);
    Evaluation.current().measure(second);
    for (int copied = first instanceof List<?> list ? list.size() / 16 : 0; copied > 0; copied--) {
      Evaluation.current().step();
    }
    return Functions.append(first, second);
  }

  public static @Nullable Object copy(@Nullable Object value) {
    Evaluation.current().measure(value);
    return Functions.functionClone(value);
  }

  public static @Nullable Boolean contains(@Nullable String text, Object token) {
    if (text != null && token instanceof Pattern pattern) {
      return matcher(pattern, text).find();
    }
    return Functions.contains(text, token);
  }

  public static Object eval(@Nullable String expression, @Nullable Object input) {
    throw new BoundsExceeded("$eval is not available in mappings");
  }

  public static @Nullable String formatInteger(@Nullable Number number, String picture) {
    requireShort(picture);
    return Functions.formatInteger(number, picture);
  }

  public static @Nullable String fromMillis(
      @Nullable Number millis, @Nullable String picture, @Nullable String zone) {
    requireShort(picture);
    return Functions.dateTimeFromMillis(millis, picture, zone);
  }

  public static @Nullable String join(@Nullable List<String> parts, @Nullable String separator) {
    if (parts != null && separator != null) {
      long length = (long) parts.size() * separator.length();
      Evaluation.current().reserve(length + Evaluation.current().measure(parts));
    }
    return Functions.join(parts, separator);
  }

  @SuppressWarnings("rawtypes")
  public static @Nullable List<Map> match(
      @Nullable String text, Pattern pattern, @Nullable Integer limit) {
    rehearse(text, pattern);
    return Functions.match(text, pattern, limit);
  }

  public static long millis() {
    return Evaluation.current().startMillis();
  }

  public static @Nullable String now(@Nullable String picture, @Nullable String zone) {
    return fromMillis(millis(), picture, zone);
  }

  /** Not the library's, which takes a minute for a million characters. */
  public static @Nullable String pad(@Nullable String text, Number width, @Nullable String fill) {
    if (text == null) {
      return null;
    }
    Evaluation.current().reserve(Math.abs(width.longValue()));
    int missing = Math.abs(width.intValue()) - text.codePointCount(0, text.length());
    if (missing <= 0) {
      return text;
    }
    int[] filler = (fill == null || fill.isEmpty() ? " " : fill).codePoints().toArray();
    StringBuilder padding = new StringBuilder(missing);
    for (int i = 0; i < missing; i++) {
      padding.appendCodePoint(filler[i % filler.length]);
    }
    return width.intValue() > 0 ? text + padding : padding + text;
  }

  public static @Nullable Number parseInteger(@Nullable String text, String picture)
      throws ParseException {
    requireShort(text);
    requireShort(picture);
    return Functions.parseInteger(text, picture);
  }

  public static @Nullable String replace(
      @Nullable String text, Object pattern, Object replacement, @Nullable Integer limit)
      throws Throwable {
    if (text == null) {
      return null;
    }
    return new Replacement(pattern, replacement, limit, Evaluation.current()).in(text);
  }

  public static @Nullable List<String> split(
      @Nullable String text, Object separator, @Nullable Number limit) {
    if (separator instanceof Pattern pattern) {
      rehearse(text, pattern);
    }
    return Functions.split(text, separator, limit);
  }

  public static @Nullable String string(@Nullable Object value, @Nullable Boolean pretty) {
    Evaluation.current().measure(value);
    return Functions.string(value, pretty);
  }

  public static @Nullable Long toMillis(@Nullable String time, @Nullable String picture)
      throws ParseException {
    requireShort(picture);
    requireShort(time);
    if (time != null && picture == null && time.indexOf('T') > 0) {
      try {
        return LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli();
      } catch (DateTimeParseException hasZone) {
        return zoned(time);
      }
    }
    return Functions.dateTimeToMillis(time, picture);
  }

  private static Long zoned(String time) throws ParseException {
    try {
      return Functions.dateTimeToMillis(time, null);
    } catch (DateTimeParseException e) {
      throw new JException("D3136", -1, "$toMillis: not an ISO 8601 time: \"" + time + "\"");
    }
  }

  static Matcher matcher(Pattern pattern, String text) {
    return pattern.matcher(new GuardedText(text, Evaluation.current()));
  }

  /** Matches once under the clock; what follows takes the library just as long. */
  private static void rehearse(@Nullable String text, Pattern pattern) {
    if (text != null) {
      Matcher matcher = matcher(pattern, text);
      while (matcher.find()) {
        Evaluation.current().step();
      }
    }
  }

  private static void requireShort(@Nullable String picture) {
    if (picture != null && picture.length() > LONGEST_PICTURE) {
      throw new BoundsExceeded(
          "a time or number with its picture has at most " + LONGEST_PICTURE + " characters");
    }
  }
}
