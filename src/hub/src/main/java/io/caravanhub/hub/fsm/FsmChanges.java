package io.caravanhub.hub.fsm;

import io.caravanhub.core.fsm.FsmAnswer;
import io.caravanhub.core.fsm.FsmFacts;
import io.caravanhub.core.fsm.FsmOrder;
import io.caravanhub.core.fsm.FsmProduct.Changes;
import io.caravanhub.hub.database.TenantScope;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Asks products for the orders that have changed. Each time a stretch before the last change known
 * is asked for again. Where the oldest come first the hub moves on with each page, else only after
 * all were read. Thread-safe.
 */
@Component("fsmChanges")
public class FsmChanges {
  private static final Logger LOG = LoggerFactory.getLogger(FsmChanges.class);
  private static final int MOST_PAGES = 40;

  private final JdbcClient jdbc;
  private final FsmLines lines;
  private final FsmConnectionRows rows;
  private final OrderProgress progress;

  FsmChanges(JdbcClient jdbc, FsmLines lines, FsmConnectionRows rows, OrderProgress progress) {
    this.jdbc = jdbc;
    this.lines = lines;
    this.rows = rows;
    this.progress = progress;
  }

  /** Polls every connection whose turn it is. */
  public void poll() {
    for (String tenant : jdbc.sql("select tenants_with_due_polls()").query(String.class).list()) {
      TenantScope.run(tenant, () -> lines.line(tenant).ifPresent(this::poll));
    }
  }

  private void poll(FsmLine line) {
    Changes changes = line.product().changes();
    UUID id = line.connection().id();
    if (changes == null || id == null || !rows.takePoll(id, changes.every())) {
      return;
    }
    Instant since = rows.find(id).orElseThrow().changedSince();
    Instant from = since.minus(changes.overlap()).truncatedTo(ChronoUnit.SECONDS);
    Instant asked = from;
    Instant newest = since;
    try {
      for (int n = 0, page = 0; n < MOST_PAGES; n++, page++) {
        Instant now = Instant.now();
        FsmAnswer answer =
            line.call(
                changes.call(),
                FsmFacts.NONE
                    .with("since", asked.toString())
                    .with("sinceUtc", asked.toString().replace('T', ' ').replace("Z", ""))
                    .with("page", Integer.toString(page))
                    .with("offset", Integer.toString(page * Math.max(1, changes.size()))));
        Optional<List<FsmOrder>> orders = answer.orders();
        if (!answer.success() || orders.isEmpty()) {
          return;
        }
        orders.get().forEach(order -> take(line, order));
        // What is dated in the future would keep back all that changes until then.
        List<Instant> times =
            orders.get().stream()
                .map(FsmOrder::updatedAt)
                .flatMap(Optional::stream)
                .map(at -> at.isAfter(now) ? now : at)
                .toList();
        for (Instant at : times) {
          newest = at.isAfter(newest) ? at : newest;
        }
        boolean full = changes.size() > 0 && orders.get().size() >= changes.size();
        if (!full || times.stream().anyMatch(at -> at.isBefore(from))) {
          rows.changedSince(id, newest);
          return;
        }
        Instant last = last(times).truncatedTo(ChronoUnit.SECONDS);
        if (last.isAfter(asked)) {
          // The oldest come first, so this page is done with for good.
          rows.changedSince(id, newest);
          asked = last;
          page = -1;
        }
      }
      LOG.warn(
          "FSM {}: more has changed than {} pages hold; the orders are read one by one",
          line.connection().name(),
          MOST_PAGES);
    } catch (CallNotPermittedException e) {
      // It rests; the next poll asks for the same stretch.
    }
  }

  /** The last, when they ascend; else the beginning of time. */
  private static Instant last(List<Instant> times) {
    for (int n = 1; n < times.size(); n++) {
      if (times.get(n).isBefore(times.get(n - 1))) {
        return Instant.EPOCH;
      }
    }
    Instant last = times.isEmpty() ? Instant.EPOCH : times.get(times.size() - 1);
    // All at once may be the newest as well as the oldest.
    return times.isEmpty() || times.get(0).equals(last) ? Instant.EPOCH : last;
  }

  private void take(FsmLine line, FsmOrder order) {
    line.product()
        .state(order.status())
        .ifPresent(
            state ->
                jdbc.sql(
                        """
                        select id from actions
                         where fsm_id = :id and connection_id is not distinct from :connection
                           and state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'COMPLETED') and state <> :state
                        """)
                    .param("id", order.id())
                    .param("connection", line.connection().id())
                    .param("state", state.name())
                    .query(UUID.class)
                    .list()
                    .forEach(action -> progress.take(action, state)));
  }
}
