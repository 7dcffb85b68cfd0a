package io.caravanhub.hub.fsm;

import io.caravanhub.core.fsm.FsmAnswer;
import io.caravanhub.core.fsm.FsmAnswer.Outcome;
import io.caravanhub.core.fsm.FsmFacts;
import io.caravanhub.core.fsm.FsmOrder;
import io.caravanhub.core.fsm.FsmProduct.Idempotency;
import io.caravanhub.core.fsm.FsmProduct.Kind;
import io.caravanhub.hub.observability.LogIds;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.stereotype.Component;

/** The calls of one attempt, and what their answers mean for the outbox. Thread-safe. */
@Component("fsmDelivery")
public class FsmDelivery {
  /** The exchange variable that holds the entry under way. */
  public static final String ENTRY = "entry";

  /** The exchange variable with the order that takes in the evidence. */
  static final String ORDER = "order";

  /**
   * The exchange variable that says what to do: {@code create}, {@code join} or {@code nothing}.
   */
  static final String NEXT = "next";

  /** The exchange variable that is there once a create or an append may have gone out. */
  static final String CALLING = "calling";

  private static final Logger LOG = LoggerFactory.getLogger(FsmDelivery.class);
  private static final Duration REFUSED_REST = Duration.ofMinutes(1);

  private final Outbox outbox;
  private final FsmLines lines;
  private final OpenOrders openOrders;
  private final DispatcherBell bell;

  FsmDelivery(Outbox outbox, FsmLines lines, OpenOrders openOrders, DispatcherBell bell) {
    this.outbox = outbox;
    this.lines = lines;
    this.openOrders = openOrders;
    this.bell = bell;
  }

  /** Asks whether an action whose fate is unknown has arrived. */
  public void lookUp(Exchange exchange) {
    OutboxEntry entry = entry(exchange);
    FsmLine line = line(entry);
    Kind kind = kind(line, entry);
    if (kind == null) {
      return;
    }
    if (kind.find() == null) {
      if (kind.idempotency() == Idempotency.UPSERT && !entry.exists()) {
        outbox.absent(entry);
      } else {
        outbox.held(
            entry, "it may have arrived, and " + line.product().title() + " cannot be asked");
      }
      return;
    }
    FsmAnswer answer = line.call(kind.find(), entry.facts());
    Optional<FsmOrder> found = answer.external(entry.externalIdentifier());
    if (answer.success() && found.isPresent()) {
      of(entry, LOG.atInfo()).log("{} {} had arrived", entry.kind(), entry.externalIdentifier());
      outbox.accepted(entry, found.get().id());
    } else if (answer.success() && answer.orders().isPresent()) {
      if (entry.exists()) {
        rejected(
            entry,
            "the product says that it has it, and looked up it is not there: another has its key");
      } else {
        outbox.absent(entry);
      }
    } else if (answer.outcome() == Outcome.REJECTED) {
      outbox.held(entry, "it may have arrived, and the look-up is refused: " + answer.reason());
    } else {
      String reason = answer.success() ? "the answer holds no list" : answer.reason();
      outbox.unknown(entry, "looked up: " + reason, answer.pause());
    }
  }

  /** Before a job: whether there is an order already that takes in its evidence. */
  public void search(Exchange exchange) {
    OutboxEntry entry = entry(exchange);
    FsmLine line = line(entry);
    Kind kind = kind(line, entry);
    if (kind == null) {
      exchange.setVariable(NEXT, "nothing");
      return;
    }
    OpenOrders.Found found = openOrders.search(line, kind, entry);
    if (found.failure() != null) {
      notSearched(line, entry, found.failure());
      exchange.setVariable(NEXT, "nothing");
    } else {
      line.asked();
      if (found.asset() != null) {
        exchange.setVariable("asset", found.asset());
      }
      if (found.order() != null) {
        exchange.setVariable(ORDER, found.order());
      }
      exchange.setVariable(NEXT, found.order() == null ? "create" : "join");
    }
  }

  /** Makes the order. */
  public void create(Exchange exchange) {
    OutboxEntry entry = entry(exchange);
    FsmLine line = line(entry);
    Kind kind = Objects.requireNonNull(kind(line, entry));
    FsmFacts facts = entry.facts().with("asset", exchange.getVariable("asset", String.class));
    if (!begins(entry)) {
      return;
    }
    exchange.setVariable(CALLING, "create");
    FsmAnswer answer = line.write(kind.create(), facts);
    if (!answer.success()) {
      unsuccessful(entry, line, kind, answer);
      return;
    }
    Optional<FsmOrder> echo =
        answer
            .orders()
            .filter(o -> !o.isEmpty())
            .map(o -> o.get(0))
            .filter(o -> !o.externalIdentifier().isEmpty());
    if (echo.isPresent() && !echo.get().externalIdentifier().equals(entry.externalIdentifier())) {
      unsure(
          entry,
          line,
          kind,
          "the answer tells of another order, " + echo.get().externalIdentifier(),
          null);
    } else if (answer.id().isEmpty() && echo.isEmpty()) {
      unsure(entry, line, kind, "the answer tells no id", null);
    } else {
      String id = answer.id().isEmpty() ? echo.orElseThrow().id() : answer.id();
      of(entry, LOG.atInfo())
          .log("{} {} accepted by the FSM as {}", entry.kind(), entry.externalIdentifier(), id);
      outbox.accepted(entry, id);
    }
  }

  /** Puts the evidence into the order that is there already. */
  public void join(Exchange exchange) {
    OutboxEntry entry = entry(exchange);
    FsmLine line = line(entry);
    Kind kind = Objects.requireNonNull(kind(line, entry));
    FsmOrder order = Objects.requireNonNull(exchange.getVariable(ORDER, FsmOrder.class));
    if (!begins(entry)) {
      return;
    }
    exchange.setVariable(CALLING, "join");
    FsmAnswer answer =
        openOrders.append(
            line, kind, entry, order, OpenOrders.evidence(entry), OpenOrders.priority(entry));
    if (answer.success()) {
      of(entry, LOG.atInfo())
          .log(
              "{} {}: its evidence is in {}, which was open on {}",
              entry.kind(),
              entry.externalIdentifier(),
              order.id(),
              entry.asset());
      outbox.joined(entry, order.id());
    } else if (answer.outcome() == Outcome.REJECTED) {
      of(entry, LOG.atInfo())
          .log(
              "{} {}: {} takes no evidence, so it has an order of its own: {}",
              entry.kind(),
              entry.externalIdentifier(),
              order.id(),
              answer.reason());
      create(exchange);
    } else if (answer.outcome() == Outcome.UNSURE) {
      // The order is read again before anything is appended, so nothing comes into it twice.
      outbox.failed(entry, answer.reason(), answer.pause());
    } else {
      unsuccessful(entry, line, kind, answer);
    }
  }

  private boolean begins(OutboxEntry entry) {
    boolean begins = outbox.begin(entry);
    if (!begins) {
      of(entry, LOG.atWarn())
          .log(
              "{} {} waited too long to be sent, and is looked up first",
              entry.kind(),
              entry.externalIdentifier());
    }
    return begins;
  }

  private void unsuccessful(OutboxEntry entry, FsmLine line, Kind kind, FsmAnswer answer) {
    switch (answer.outcome()) {
      case REJECTED -> rejected(entry, answer.reason());
      // An earlier create may have appeared just now: only a look-up after this word counts.
      case EXISTS ->
          unsure(entry, line, kind, OutboxEntry.EXISTS + answer.reason(), answer.pause());
      case UNSURE -> unsure(entry, line, kind, answer.reason(), answer.pause());
      default -> notSent(entry, answer);
    }
  }

  private void rejected(OutboxEntry entry, String reason) {
    of(entry, LOG.atError())
        .log("{} {} refused by the FSM: {}", entry.kind(), entry.externalIdentifier(), reason);
    outbox.rejected(entry, reason);
  }

  private void unsure(
      OutboxEntry entry, FsmLine line, Kind kind, String reason, @Nullable Duration wait) {
    if (kind.find() == null && kind.idempotency() == Idempotency.NONE) {
      outbox.held(entry, "it may have arrived: " + reason);
      return;
    }
    Duration settled = line.settle(entry.kind());
    outbox.unknown(entry, reason, wait != null && wait.compareTo(settled) > 0 ? wait : settled);
  }

  /** A question that the product refuses says nothing against the job: it waits to be made. */
  private void notSearched(FsmLine line, OutboxEntry entry, FsmAnswer answer) {
    if (answer.outcome() == Outcome.REJECTED) {
      if (line.unasked(entry.asset(), answer.reason())) {
        outbox.unasked(entry, answer.reason(), REFUSED_REST);
      } else {
        outbox.failed(entry, answer.reason(), REFUSED_REST);
      }
    } else {
      notSent(entry, answer);
    }
  }

  private void notSent(OutboxEntry entry, FsmAnswer answer) {
    if (answer.outcome() == Outcome.REFUSED) {
      outbox.failed(entry, "the credentials are refused: " + answer.reason(), REFUSED_REST);
    } else {
      outbox.failed(entry, answer.reason(), answer.pause());
    }
  }

  /** After any exception on the way. */
  public void failed(Exchange exchange) {
    OutboxEntry entry = entry(exchange);
    Exception cause = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
    LOG.debug("Attempt {} for {} failed", entry.attempts(), entry.externalIdentifier(), cause);
    String error = cause.getClass().getSimpleName() + ": " + cause.getMessage();
    if (cause instanceof CallNotPermittedException) {
      outbox.notTried(entry);
    } else if (entry.lookUp() || exchange.getVariable(CALLING) != null) {
      // What fails after the call began, be it the hub's own database when it notes an accepted
      // order, says nothing about the FSM.
      Duration settle =
          lines.line(entry.tenant()).map(line -> line.settle(entry.kind())).orElse(null);
      outbox.unknown(entry, error, settle);
    } else {
      outbox.failed(entry, error, null);
    }
  }

  /** At the end of each attempt, however it went: there is room for another. */
  public void done(Exchange exchange) {
    OutboxEntry entry = exchange.getVariable(ENTRY, OutboxEntry.class);
    if (entry != null) {
      lines.line(entry.tenant()).ifPresent(line -> line.done(entry.id()));
      bell.ring();
    }
  }

  /** The connection that it was taken out for, and no other. */
  private FsmLine line(OutboxEntry entry) {
    return lines
        .line(entry.tenant())
        .filter(line -> Objects.equals(line.connection().id(), entry.connection()))
        .orElseThrow(() -> new IllegalStateException("its FSM connection is not enabled any more"));
  }

  private @Nullable Kind kind(FsmLine line, OutboxEntry entry) {
    Kind kind = line.kind(entry.kind()).orElse(null);
    if (kind == null) {
      outbox.rejected(entry, line.product().title() + " takes no " + entry.kind());
    }
    return kind;
  }

  private static LoggingEventBuilder of(OutboxEntry entry, LoggingEventBuilder line) {
    return line.addKeyValue(LogIds.TENANT, entry.tenant())
        .addKeyValue(LogIds.ACTION, entry.externalIdentifier());
  }

  private static OutboxEntry entry(Exchange exchange) {
    OutboxEntry entry = exchange.getVariable(ENTRY, OutboxEntry.class);
    if (entry == null) {
      throw new IllegalStateException("the route has not set the variable " + ENTRY);
    }
    return entry;
  }
}
