package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.JException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code $replace} as the JSONata reference defines it, its result bounded while it grows. The
 * library's own takes a plain string for a regular expression as soon as there is a limit, and
 * loops for as long as the limit says.
 */
final class Replacement {
  private final Object pattern;
  private final Object replacement;
  private final int limit;
  private final Evaluation evaluation;
  private final StringBuilder result = new StringBuilder();

  Replacement(Object pattern, Object replacement, @Nullable Integer limit, Evaluation evaluation) {
    if ("".equals(pattern)) {
      throw new JException("D3010", -1, pattern);
    }
    if (limit != null && limit < 0) {
      throw new JException("D3011", -1, limit);
    }
    this.pattern = pattern instanceof Pattern ? pattern : String.valueOf(pattern);
    this.replacement = replacement;
    this.limit = limit == null ? Integer.MAX_VALUE : limit;
    this.evaluation = evaluation;
  }

  String in(String text) throws Throwable {
    Pattern regex =
        pattern instanceof Pattern p ? p : Pattern.compile((String) pattern, Pattern.LITERAL);
    Matcher matcher = GuardedFunctions.matcher(regex, text);
    int from = 0;
    for (int count = 0; count < limit && matcher.find(); count++) {
      append(text.substring(from, matcher.start()));
      append(replacementOf(matcher));
      from = matcher.end();
    }
    append(text.substring(from));
    return result.toString();
  }

  private void append(String part) {
    evaluation.reserve((long) result.length() + part.length());
    result.append(part);
  }

  private String replacementOf(Matcher matcher) throws Throwable {
    if (replacement instanceof String text) {
      return pattern instanceof Pattern ? expand(text, matcher) : text;
    }
    Object made = Functions.funcApply(replacement, List.of(describe(matcher)));
    if (made instanceof String text) {
      return text;
    }
    throw new JException("D3012", -1, made);
  }

  private static Map<String, Object> describe(Matcher matcher) {
    List<@Nullable String> groups = new ArrayList<>();
    for (int group = 1; group <= matcher.groupCount(); group++) {
      groups.add(matcher.group(group));
    }
    Map<String, Object> match = new LinkedHashMap<>();
    match.put("match", matcher.group());
    match.put("start", matcher.start());
    match.put("end", matcher.end());
    match.put("groups", groups);
    return match;
  }

  /** {@code $$} is a dollar, {@code $0} the match, {@code $n} a group: the longest n there is. */
  private String expand(String text, Matcher matcher) {
    StringBuilder expanded = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '$' || at == text.length()) {
        expanded.append(c);
      } else if (text.charAt(at) == '$') {
        expanded.append('$');
        at++;
      } else if (!Character.isDigit(text.charAt(at))) {
        expanded.append('$');
      } else {
        at = expandGroup(text, at, matcher, expanded);
      }
      evaluation.reserve(expanded.length());
    }
    return expanded.toString();
  }

  private static int expandGroup(String text, int at, Matcher matcher, StringBuilder expanded) {
    int group = text.charAt(at++) - '0';
    while (at < text.length()
        && Character.isDigit(text.charAt(at))
        && group * 10 + text.charAt(at) - '0' <= matcher.groupCount()
        && group != 0) {
      group = group * 10 + text.charAt(at++) - '0';
    }
    String value = group <= matcher.groupCount() ? matcher.group(group) : null;
    expanded.append(value == null ? "" : value);
    return at;
  }
}
