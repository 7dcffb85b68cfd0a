package io.caravanhub.hub.console;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A policy as it is written, in words. Stateless. */
final class PolicyWords {
  private static final Wording SAY = new Wording();

  private PolicyWords() {}

  /** When it applies, one line a condition; none when to every event. */
  static List<String> conditions(Map<?, ?> policy) {
    List<String> words = new ArrayList<>();
    if (!(policy.get("when") instanceof Map<?, ?> when)) {
      return words;
    }
    one(words, "", when.get("event_type"));
    one(words, "severity ", when.get("severity"));
    one(words, "family ", when.get("family"));
    one(words, "rule ", when.get("rule"));
    if (when.get("scope") instanceof Map<?, ?> scope) {
      scope.forEach(
          (field, values) ->
              one(words, SAY.key(text(field)).toLowerCase(Locale.ROOT) + " ", values));
    }
    if (when.get("min_confidence") instanceof Number number) {
      words.add("confidence from " + Math.round(number.doubleValue() * 100) + " %");
    }
    if (when.get("active_for") != null) {
      words.add("active for " + span(when.get("active_for")));
    }
    if (when.get("recurrence") instanceof Map<?, ?> recurrence) {
      words.add(text(recurrence.get("times")) + " times within " + span(recurrence.get("within")));
    }
    return words;
  }

  /** What it asks for, one line an action. */
  static List<String> actions(Map<?, ?> policy) {
    Object then = policy.get("then");
    List<?> actions =
        then instanceof List<?> list ? list : then == null ? List.of() : List.of(then);
    return actions.stream()
        .filter(Map.class::isInstance)
        .map(action -> action((Map<?, ?>) action))
        .toList();
  }

  private static String action(Map<?, ?> action) {
    List<String> words = new ArrayList<>();
    words.add(SAY.key(text(action.get("kind"))));
    Object priority = action.get("priority");
    boolean told = List.of("notification", "webhook").contains(text(action.get("kind")));
    if (!told) {
      words.add(priority instanceof Number ? "P" + priority : "priority by risk");
    }
    add(words, "", action.get("work_type"));
    add(words, "for ", action.get("role"));
    add(words, told ? "to " : "", action.get("to"));
    add(words, "", action.get("event"));
    if (action.get("start_within") != null) {
      words.add("start within " + span(action.get("start_within")));
    }
    if (action.get("complete_within") != null) {
      words.add("done within " + span(action.get("complete_within")));
    }
    String outside = text(action.get("outside_hours"));
    if (outside.equals("hold")) {
      words.add("held outside working hours");
    } else if (outside.equals("downgrade")) {
      words.add("lowered outside working hours");
    }
    if (action.get("low_confidence") instanceof Map<?, ?> doubt) {
      words.add(
          (text(doubt.get("then")).equals("hold") ? "held" : "lowered")
              + " below "
              + percent(doubt.get("below"))
              + " confidence");
    }
    return String.join(", ", words);
  }

  private static void add(List<String> words, String before, @Nullable Object value) {
    if (value != null) {
      words.add(before + text(value).replace('_', ' '));
    }
  }

  private static void one(List<String> words, String before, @Nullable Object values) {
    if (values == null) {
      return;
    }
    List<?> list = values instanceof List<?> many ? many : List.of(values);
    String told =
        list.stream().map(v -> text(v).replace('_', ' ')).collect(Collectors.joining(" or "));
    words.add(before.isEmpty() ? SAY.key(told) : before + told);
  }

  private static String percent(@Nullable Object share) {
    return share instanceof Number number
        ? Math.round(number.doubleValue() * 100) + " %"
        : text(share);
  }

  private static String span(@Nullable Object duration) {
    try {
      return SAY.span(Duration.parse(text(duration)));
    } catch (DateTimeParseException e) {
      return text(duration);
    }
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
