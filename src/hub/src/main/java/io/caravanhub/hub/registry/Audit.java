package io.caravanhub.hub.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.security.HubPrincipal;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes who changed what, in the transaction of the change. Thread-safe. */
@Component
public class Audit {
  private final JdbcClient jdbc;
  private final ObjectMapper json;

  public Audit(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** One change by the caller of this thread; before or after is null where there is none. */
  public void record(String verb, String subject, @Nullable Object before, @Nullable Object after) {
    HubPrincipal caller = CallerContext.current();
    jdbc.sql(
            "insert into audit (tenant_id, actor, verb, subject, before, after) values (?, ?, ?, ?, ?::jsonb, ?::jsonb)")
        .params(
            caller.tenant(),
            caller.role() + ":" + caller.subject(),
            verb,
            subject,
            write(before),
            write(after))
        .update();
  }

  private @Nullable String write(@Nullable Object value) {
    try {
      return value == null ? null : json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
