package io.caravanhub.hub.observability;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.caravanhub.hub.database.TenantScope;
import io.opentelemetry.api.trace.SpanContext;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import org.springframework.boot.json.JsonWriter.Members;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;

/**
 * Puts the tenant and the trace that the logging thread works for into logs in JSON, unless the
 * line says itself whose it is. Asked for when a line is written, so that nothing is kept on the
 * way. Thread-safe.
 */
public final class LogIds implements StructuredLoggingJsonMembersCustomizer<ILoggingEvent> {
  /** The key of a tenant in a line. */
  public static final String TENANT = "tenant";

  /** The key of a device's id or serial in a line. */
  public static final String DEVICE = "device";

  /** The key of an action's external identifier in a line. */
  public static final String ACTION = "action";

  @Override
  public void customize(Members<ILoggingEvent> members) {
    members.add(TENANT, LogIds::tenant).whenNotNull();
    members.add("trace_id", event -> id(SpanContext::getTraceId)).whenNotNull();
    members.add("span_id", event -> id(SpanContext::getSpanId)).whenNotNull();
  }

  private static @Nullable String id(Function<SpanContext, String> of) {
    SpanContext span = TraceContext.span();
    return span.isValid() ? of.apply(span) : null;
  }

  private static @Nullable String tenant(ILoggingEvent event) {
    List<KeyValuePair> said = event.getKeyValuePairs();
    return said != null && said.stream().anyMatch(pair -> pair.key.equals(TENANT))
        ? null
        : TenantScope.current();
  }
}
