package io.caravanhub.hub.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param items at most {@code limit} of them
 * @param cursor to ask for the next page with, or null when this was the last
 */
public record Page<T>(List<T> items, @Nullable String cursor) {
  private static final int LIMIT_DEFAULT = 100;
  private static final int LIMIT_MAX = 5_000;

  /** Cuts a list that was read with one more row than the limit. */
  public static <T> Page<T> of(List<T> rows, int limit, Function<T, String> position) {
    if (rows.size() <= limit) {
      return new Page<>(rows, null);
    }
    List<T> items = rows.subList(0, limit);
    String last = position.apply(items.get(limit - 1));
    return new Page<>(
        items,
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(last.getBytes(StandardCharsets.UTF_8)));
  }

  /** The query parameter {@code limit}: 1 to 5000, 100 when absent. */
  public static int limit(@Nullable String limit) {
    if (limit == null || limit.isBlank()) {
      return LIMIT_DEFAULT;
    }
    if (limit.matches("\\d{1,5}")
        && Integer.parseInt(limit) >= 1
        && Integer.parseInt(limit) <= LIMIT_MAX) {
      return Integer.parseInt(limit);
    }
    throw ProblemException.badField("limit", "expected a number from 1 to " + LIMIT_MAX);
  }

  /** The position behind the query parameter {@code cursor}, or null when absent. */
  public static @Nullable String position(@Nullable String cursor) {
    if (cursor == null || cursor.isBlank()) {
      return null;
    }
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw notACursor();
    }
  }

  /** The cursor was not given by an earlier page. */
  public static ProblemException notACursor() {
    return ProblemException.badField("cursor", "expected a cursor that an earlier page gave");
  }
}
