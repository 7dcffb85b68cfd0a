package io.caravanhub.hub.notify;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The calls of the API for messages in the console. Thread-safe. */
@Component("inboxCalls")
public class InboxCalls {
  private final Inbox inbox;

  InboxCalls(Inbox inbox) {
    this.inbox = inbox;
  }

  /** {@code GET /inbox}, newest first. */
  public Map<String, Object> list(
      @Header("unread") @Nullable String unread,
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor) {
    Page<InboxItem> page =
        inbox.list(CallerContext.current(), "true".equals(unread), Page.limit(limit), cursor);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("unread", inbox.unread(CallerContext.current()));
    answer.put("items", page.items());
    answer.put("cursor", page.cursor());
    return answer;
  }

  /** {@code POST /inbox/{i}/read}. */
  public Map<String, Object> read(@Header("inboxId") String id) {
    UUID key = Ids.key("message", id);
    if (!inbox.read(CallerContext.current(), key)) {
      throw ProblemException.notFound("message", id);
    }
    return Map.of("unread", inbox.unread(CallerContext.current()));
  }

  /** {@code POST /inbox/read}: all of them. */
  public Map<String, Object> readAll() {
    return Map.of("read", inbox.readAll(CallerContext.current()), "unread", 0);
  }
}
