package io.caravanhub.hub.deadletter;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.security.HubPrincipal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The calls that settle dead letters: replay, edit and replay, discard. Thread-safe. */
@Component("letterCalls")
public class LetterCalls {
  private final JdbcClient jdbc;
  private final LetterReplay replay;
  private final Audit audit;

  public LetterCalls(JdbcClient jdbc, LetterReplay replay, Audit audit) {
    this.jdbc = jdbc;
    this.replay = replay;
    this.audit = audit;
  }

  /** {@code POST /dead-letters/{l}/replay {payload? | payload_base64?}}. */
  public Map<String, Object> replay(@Header("letterId") String id, @Body byte @Nullable [] body) {
    LetterReplay.Outcome outcome = tryAgain(id, edited(Fields.of(body)));
    switch (outcome.fate()) {
      case ABSENT -> throw ProblemException.notFound("kept dead letter", id);
      case UNUSABLE ->
          throw ProblemException.unusable(
              String.valueOf(outcome.field()), String.valueOf(outcome.reason()));
      case BUSY -> throw new StoreBusyException(String.valueOf(outcome.reason()));
      default -> {
        return Map.of("id", id, "status", "replayed");
      }
    }
  }

  /** Replays one letter for the caller, with another payload when one is given. */
  public LetterReplay.Outcome tryAgain(String id, byte @Nullable [] edited) {
    HubPrincipal caller = CallerContext.current();
    LetterReplay.Outcome outcome =
        replay.replay(caller.tenant(), id, edited, caller.role() + ":" + caller.subject());
    if (outcome.fate() != LetterReplay.Fate.ABSENT) {
      Map<String, Object> after = new LinkedHashMap<>();
      after.put("outcome", outcome.fate().name().toLowerCase(java.util.Locale.ROOT));
      after.put("edited", edited != null);
      audit.record("dead_letter.replay", "dead_letter:" + id, null, after);
    }
    return outcome;
  }

  /** {@code POST /dead-letters/{l}/discard}: it is looked after; it stays until it expires. */
  @Transactional
  public Map<String, Object> discard(@Header("letterId") String id) {
    if (discard("id::text = :id and status = 'kept'", Map.of("id", id)) == 0) {
      throw ProblemException.notFound("kept dead letter", id);
    }
    audit.record("dead_letter.discard", "dead_letter:" + id, null, null);
    return Map.of("id", id, "status", "discarded");
  }

  /** {@code POST /dead-letters/discard {filter}}: all kept ones that the filter names. */
  @Transactional
  public Map<String, Object> discardAll(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(LetterFilter.NAMES);
    LetterFilter filter = LetterFilter.of(fields).withStatus("kept");
    int discarded = discard(LetterFilter.WHERE, filter.parameters());
    audit.record("dead_letter.discard", "dead_letters", filter, Map.of("discarded", discarded));
    return Map.of("discarded", discarded);
  }

  private int discard(String where, Map<String, ?> parameters) {
    HubPrincipal caller = CallerContext.current();
    return jdbc.sql(
            "update dead_letters set status = 'discarded', settled_at = now(), settled_by = :actor where "
                + where)
        .params(parameters)
        .param("actor", caller.role() + ":" + caller.subject())
        .update();
  }

  private static byte @Nullable [] edited(Fields fields) {
    fields.only(List.of("payload", "payload_base64"));
    String text = fields.whole("payload");
    String base64 = fields.whole("payload_base64");
    if (text != null) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return base64 == null ? null : Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField("payload_base64", "is not base64");
    }
  }
}
