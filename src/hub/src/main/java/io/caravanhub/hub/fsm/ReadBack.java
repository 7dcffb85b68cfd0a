package io.caravanhub.hub.fsm;

import io.caravanhub.core.fsm.FsmAnswer;
import io.caravanhub.core.fsm.FsmCall;
import io.caravanhub.core.fsm.FsmOrder;
import io.caravanhub.core.fsm.FsmProduct.Kind;
import io.caravanhub.hub.database.TenantScope;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Asks the FSM from time to time how far it is with the orders, tasks and quotes it has. Where the
 * product is asked for changes as well, this is the safety net and asks less often. Thread-safe.
 */
@Component("readBack")
public class ReadBack {
  private static final int NET = 20;

  private final JdbcClient jdbc;
  private final FsmLines lines;
  private final OrderProgress progress;
  private final Duration every;

  ReadBack(
      JdbcClient jdbc,
      FsmLines lines,
      OrderProgress progress,
      @Value("${hub.fsm.read-back.every:PT30S}") Duration every) {
    this.jdbc = jdbc;
    this.lines = lines;
    this.progress = progress;
    this.every = every;
  }

  /** The work orders to ask for now, of every tenant; each comes up again after a while. */
  public List<OutboxEntry> due() {
    List<OutboxEntry> due = new ArrayList<>();
    for (String tenant : jdbc.sql("select tenants_with_due_reads()").query(String.class).list()) {
      lines
          .line(tenant)
          .ifPresent(line -> due.addAll(TenantScope.call(tenant, () -> dueOfTenant(line))));
    }
    return due;
  }

  private List<OutboxEntry> dueOfTenant(FsmLine line) {
    boolean net = line.product().changes() != null && line.connection().id() != null;
    return jdbc.sql(
            """
            with due as (
              select id from actions
               where state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD') and next_attempt_at <= now()
                 and kind in ('work_order', 'task', 'quote') and connection_id is not distinct from cast(:connection as uuid)
               order by next_attempt_at limit 50 for update skip locked)
            update actions a set next_attempt_at = now() + :every * interval '1 millisecond'
              from due where a.id = due.id
            returning true as look_up, """
                + OutboxEntry.COLUMNS)
        .param("connection", line.connection().id())
        .param("every", every.toMillis() * (net ? NET : 1))
        .query(OutboxEntry.class)
        .list();
  }

  /**
   * Reads one order and takes over what the FSM answers; an answer that tells nothing changes
   * nothing.
   */
  public void read(Exchange exchange) {
    OutboxEntry entry = exchange.getMessage().getBody(OutboxEntry.class);
    FsmLine line = entry == null ? null : line(entry);
    Kind kind = line == null ? null : line.kind(entry.kind()).orElse(null);
    if (line == null || kind == null) {
      return;
    }
    boolean byId = kind.read() != null && entry.fsmId() != null && !entry.fsmId().isEmpty();
    FsmCall call = byId ? kind.read() : kind.find();
    if (call == null) {
      return;
    }
    FsmAnswer answer;
    try {
      answer = line.call(call, entry.facts());
    } catch (CallNotPermittedException e) {
      // It rests, and is asked again when its turn comes.
      return;
    }
    Optional<FsmOrder> found =
        byId
            ? answer.order(String.valueOf(entry.fsmId()))
            : answer.external(entry.externalIdentifier());
    found
        .flatMap(order -> line.product().state(order.status()))
        .ifPresent(
            state -> TenantScope.run(entry.tenant(), () -> progress.take(entry.id(), state)));
  }

  private @Nullable FsmLine line(OutboxEntry entry) {
    return lines
        .line(entry.tenant())
        .filter(line -> Objects.equals(line.connection().id(), entry.connection()))
        .orElse(null);
  }
}
