package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What has happened to events and orders, as triggers of the database have noted it in the very
 * transactions: told to subscribers, to pagers, and, when it is critical, to everybody in the
 * console. Thread-safe.
 */
@Component
class Happenings {
  private static final Logger LOG = LoggerFactory.getLogger(Happenings.class);
  private static final int MOST = 200;

  /** What cannot be told is tried once a second, so often at least and so long. */
  private static final int TRIES = 30;

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Set<String> ENDS_OF_QUIET = Set.of("event.released", "event.unshelved");
  private static final Set<String> BEGINNINGS =
      Set.of(
          "event.raised", "event.worsened", "event.reopened", "event.released", "event.unshelved");
  private static final Set<String> CARED_FOR =
      Set.of("event.cleared", "event.resolved", "event.dismissed", "event.acknowledged");

  private final JdbcClient jdbc;
  private final EventFacts events;
  private final WebhookPlanner webhooks;
  private final MessagePlanner planner;
  private final MessageRows messages;
  private final Escalations escalations;
  private final Brands brands;

  private final TransactionTemplate step;

  private record Happening(
      long id,
      String what,
      UUID event,
      @Nullable UUID action,
      int failures,
      boolean rests,
      boolean old,
      Instant at) {}

  Happenings(
      JdbcClient jdbc,
      EventFacts events,
      WebhookPlanner webhooks,
      MessagePlanner planner,
      MessageRows messages,
      Escalations escalations,
      Brands brands,
      PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.events = events;
    this.webhooks = webhooks;
    this.planner = planner;
    this.messages = messages;
    this.escalations = escalations;
    this.brands = brands;
    this.step = new TransactionTemplate(transactions);
    this.step.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
  }

  /**
   * Looks at what happened in the tenant in force, inside a transaction; in its order, whichever
   * hub looks. What cannot be told holds up what happened to its own event only, and not for good.
   */
  void look() {
    if (!jdbc.sql(
            "select pg_try_advisory_xact_lock(hashtextextended('happenings/' || hub_tenant(), 0))")
        .query(Boolean.class)
        .single()) {
      return;
    }
    List<Long> done = new ArrayList<>();
    Set<UUID> waiting = new HashSet<>();
    List<Subscription> subscriptions = webhooks.subscriptions();
    for (Happening happening : next()) {
      if (happening.rests()) {
        waiting.add(happening.event());
      }
      if (waiting.contains(happening.event())) {
        continue;
      }
      RuntimeException trouble = tell(happening, subscriptions);
      if (trouble == null || gaveUp(happening, trouble)) {
        done.add(happening.id());
      } else {
        waiting.add(happening.event());
      }
    }
    if (!done.isEmpty()) {
      jdbc.sql("delete from happenings where id in (:done)").param("done", done).update();
    }
  }

  private List<Happening> next() {
    return jdbc.sql(
            """
            select id, what, event_id as event, action_id as action, failures,
                   coalesce(failed_at > clock_timestamp() - interval '1 second', false) as rests,
                   at < clock_timestamp() - :patience * interval '1 millisecond' as old, at
              from happenings order by id limit :most for update skip locked\
            """)
        .param("patience", PATIENCE.toMillis())
        .param("most", MOST)
        .query(Happening.class)
        .list();
  }

  private boolean gaveUp(Happening happening, RuntimeException e) {
    if (happening.old() && happening.failures() >= TRIES) {
      LOG.error("{} of event {} is told to nobody", happening.what(), happening.event(), e);
      return true;
    }
    if (happening.failures() == 0) {
      LOG.warn(
          "{} of event {} cannot be told now: {}",
          happening.what(),
          happening.event(),
          e.getMessage());
    }
    jdbc.sql(
            "update happenings set failures = failures + 1, failed_at = clock_timestamp() where id = ?")
        .params(happening.id())
        .update();
    return false;
  }

  /** Tells all whom it concerns, each for itself; what was told already is not told again. */
  private @Nullable RuntimeException tell(Happening happening, List<Subscription> subscriptions) {
    List<ObjectNode> found = new ArrayList<>();
    RuntimeException trouble =
        tried(() -> events.of(happening.event(), happening.action()).ifPresent(found::add));
    for (ObjectNode facts : found) {
      boolean begins = begins(happening.what(), facts);
      String act = act(happening.what(), begins);
      for (Runnable part :
          List.<Runnable>of(
              () -> systems(happening, facts, begins, subscriptions),
              () -> console(happening, facts, begins),
              () -> people(happening),
              () -> page(happening, facts, act))) {
        RuntimeException failure = tried(part);
        trouble = failure == null ? trouble : failure;
      }
    }
    return trouble;
  }

  private @Nullable RuntimeException tried(Runnable part) {
    try {
      step.executeWithoutResult(status -> part.run());
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  private void systems(
      Happening happening, ObjectNode facts, boolean begins, List<Subscription> subscriptions) {
    UUID event = happening.event();
    webhooks.plan(happening.what(), event, facts, Long.toString(happening.id()), subscriptions);
    if (begins) {
      for (String name : more(facts)) {
        webhooks.plan(name, event, facts, facts.at("/event/severity").asText(""), subscriptions);
      }
    }
  }

  private void people(Happening happening) {
    if (CARED_FOR.contains(happening.what())) {
      escalations.endOf(happening.event(), happening.what(), happening.at());
    }
  }

  /**
   * Not so an event that a silent gateway, a storm or flapping explains, nor one that is shelved,
   * nor one that was over before it was let out.
   */
  private static boolean begins(String what, ObjectNode facts) {
    return BEGINNINGS.contains(what)
        && facts.at("/event/suppressed").asText("").isEmpty()
        && !facts.at("/event/status").asText().equals("shelved")
        && (!ENDS_OF_QUIET.contains(what) || facts.at("/event/cleared_at").isNull());
  }

  /** What else an event is, by the names under which systems ask for it. */
  private static List<String> more(ObjectNode facts) {
    List<String> names = new ArrayList<>();
    if (Set.of("likely_failure", "critical_fault").contains(facts.at("/event/type").asText())
        && Set.of("high", "critical").contains(facts.at("/event/severity").asText())) {
      names.add("prediction.critical");
    }
    if (facts.at("/event/detector").isObject()) {
      names.add("anomaly.detected");
    }
    return names;
  }

  private void console(Happening happening, ObjectNode facts, boolean begins) {
    if (!begins || !facts.at("/event/severity").asText().equals("critical")) {
      return;
    }
    Brand brand = brands.brand();
    if (brand.criticalInConsole()) {
      planner.console(
          MessagePlanner.Whose.EVERYBODYS,
          new MessagePlanner.Telling(
              happening.event(), facts, ChannelAnnouncer.EVERYBODY, "event", true, 0),
          brand);
    }
  }

  /** Whose flapping or whose place on the shelf keeps it quiet pages nobody. */
  private static @Nullable String act(String what, boolean begins) {
    return switch (what) {
      case "event.acknowledged" -> "acknowledge";
      case "event.cleared", "event.resolved", "event.dismissed" -> "resolve";
      case "event.reopened", "event.released", "event.unshelved" -> begins ? "trigger" : null;
      default -> null;
    };
  }

  /** Pagers that were told of the event are told how it goes on. */
  private void page(Happening happening, ObjectNode facts, @Nullable String act) {
    if (act == null) {
      return;
    }
    jdbc.sql(
            "select distinct channel_id from messages where event_id = ? and act = 'trigger' and channel_id is not null")
        .params(happening.event())
        .query(UUID.class)
        .list()
        .forEach(
            channel ->
                messages.plan(
                    new MessageRows.Draft(
                        "notification",
                        channel,
                        null,
                        happening.event(),
                        "event",
                        act,
                        null,
                        0,
                        "",
                        true,
                        facts,
                        "page:"
                            + channel
                            + ":"
                            + happening.event()
                            + ":"
                            + act
                            + ":"
                            + happening.id(),
                        "PLANNED",
                        null,
                        Instant.now())));
  }
}
