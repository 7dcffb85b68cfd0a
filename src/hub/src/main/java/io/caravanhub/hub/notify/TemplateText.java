package io.caravanhub.hub.notify;

import com.ibm.icu.text.MessageFormat;
import com.ibm.icu.text.MessagePattern;
import com.ibm.icu.util.ULocale;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text in the ICU message format, with named arguments of {@link TemplateArguments}. Thread-safe.
 */
final class TemplateText {
  private static final Pattern INDEX = Pattern.compile("at pattern index (\\d+)");
  private static final int LONGEST = 10_000;
  private static final String NAN = "NaN";
  private static final String MARKED = "Na\ue000N";

  private final String pattern;

  /** A text that cannot be used; the message names the place. */
  static final class WrongTextException extends Exception {
    private static final long serialVersionUID = 1L;

    WrongTextException(String problem) {
      super(problem, null, false, false);
    }
  }

  private TemplateText(String pattern) {
    this.pattern = pattern;
  }

  /** A text that was looked at when it was saved. */
  static TemplateText known(String pattern) {
    return new TemplateText(pattern);
  }

  /**
   * A text of a person.
   *
   * @throws WrongTextException with line and column of the mistake
   */
  static TemplateText checked(String pattern, String language) throws WrongTextException {
    if (pattern.length() > LONGEST) {
      throw new WrongTextException("expected at most " + LONGEST + " characters");
    }
    try {
      check(pattern, new MessagePattern(pattern));
      // Makes the formats of every branch, so that a pattern for numbers or dates is looked at too.
      MessageFormat whole = new MessageFormat(pattern, ULocale.forLanguageTag(language));
      whole.format(TemplateArguments.sample(ULocale.forLanguageTag(language)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
      String said = String.valueOf(e.getMessage());
      Matcher index = INDEX.matcher(said);
      int at = index.find() ? Integer.parseInt(index.group(1)) : -1;
      String what =
          said.lines().findFirst().orElse("").replaceAll("\\s*[:;]?\\s*\\[at pattern.*", "");
      throw new WrongTextException(at < 0 ? what : place(pattern, at) + ": " + what);
    }
    return new TemplateText(pattern);
  }

  private static void check(String pattern, MessagePattern parsed) throws WrongTextException {
    for (int i = 0; i < parsed.countParts(); i++) {
      MessagePattern.Part part = parsed.getPart(i);
      if (part.getType() == MessagePattern.Part.Type.ARG_NUMBER) {
        throw new WrongTextException(
            place(pattern, part.getIndex()) + ": expected the name of an argument, not a number");
      }
      if (part.getType() == MessagePattern.Part.Type.ARG_NAME) {
        named(pattern, parsed, i);
      }
    }
  }

  private static void named(String pattern, MessagePattern parsed, int i)
      throws WrongTextException {
    MessagePattern.Part part = parsed.getPart(i);
    String name = parsed.getSubstring(part);
    TemplateArguments.@Nullable Type type = TemplateArguments.type(name);
    if (type == null) {
      throw new WrongTextException(
          place(pattern, part.getIndex())
              + ": there is no argument \""
              + name
              + "\"; there are "
              + String.join(", ", TemplateArguments.TYPES.keySet())
              + ", and has_… of each text, which is yes or no");
    }
    MessagePattern.ArgType form = parsed.getPart(i - 1).getArgType();
    String simple =
        form == MessagePattern.ArgType.SIMPLE
            ? parsed.getSubstring(parsed.getPart(i + 1)).strip().toLowerCase(Locale.ROOT)
            : "";
    boolean number =
        form.hasPluralStyle()
            || form == MessagePattern.ArgType.CHOICE
            || simple.matches("number|spellout|ordinal|duration");
    if (number && type != TemplateArguments.Type.NUMBER) {
      throw new WrongTextException(
          place(pattern, part.getIndex()) + ": \"" + name + "\" is no number");
    }
    if (simple.matches("date|time") && type != TemplateArguments.Type.MOMENT) {
      throw new WrongTextException(
          place(pattern, part.getIndex()) + ": \"" + name + "\" is no time");
    }
  }

  private static String place(String pattern, int index) {
    String before = pattern.substring(0, Math.min(index, pattern.length()));
    long line = before.chars().filter(c -> c == '\n').count() + 1;
    return "line " + line + ", column " + (before.length() - before.lastIndexOf('\n'));
  }

  /** The text with these arguments. */
  String with(Map<String, Object> arguments, ULocale locale) {
    // A number that nobody knows is a dash; a text that says NaN is not.
    Map<String, Object> texts = new HashMap<>(arguments);
    texts.replaceAll((name, value) -> value instanceof String s ? s.replace(NAN, MARKED) : value);
    return new MessageFormat(pattern, locale).format(texts).replace(NAN, "–").replace(MARKED, NAN);
  }
}
