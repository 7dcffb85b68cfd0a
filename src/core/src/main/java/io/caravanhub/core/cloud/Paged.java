package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.CloudHttp.Answer;
import io.caravanhub.core.cloud.CloudRequest.Paging;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which page comes next. Not thread-safe. */
final class Paged {
  private static final Pattern NEXT =
      Pattern.compile("<([^>]+)>[^,]*;\\s*rel=\"?next\"?", Pattern.CASE_INSENSITIVE);

  private final @Nullable Paging paging;
  private final Set<String> seen = new HashSet<>();
  private boolean more = true;
  private int number;
  private @Nullable String cursor;

  Paged(@Nullable Paging paging) {
    this.paging = paging;
    this.number = paging == null ? 0 : paging.first();
  }

  boolean hasNext() {
    return more;
  }

  /** The whole address of the page, or null when it is had by a parameter. */
  @Nullable String url() {
    return paging != null && paging.kind().equals("link") ? cursor : null;
  }

  void into(Map<String, String> query) {
    if (paging == null || paging.kind().equals("link")) {
      return;
    }
    if (!paging.kind().equals("cursor")) {
      query.put(paging.query(), Integer.toString(number));
    } else if (cursor != null) {
      query.put(paging.query(), cursor);
    }
  }

  void after(JsonNode document, int items, Answer answer) {
    if (paging == null) {
      more = false;
      return;
    }
    switch (paging.kind()) {
      case "cursor" -> follow(Parts.text(document, paging.next()));
      case "link" -> {
        Matcher link = NEXT.matcher(String.join(", ", answer.headers().allValues("Link")));
        follow(link.find() ? link.group(1) : null);
      }
      default -> {
        more = items >= paging.size();
        number += paging.kind().equals("number") ? 1 : items;
      }
    }
  }

  /** A cloud that names a page again would have us go round for ever. */
  private void follow(@Nullable String next) {
    more = next != null && seen.add(next);
    cursor = next;
  }
}
