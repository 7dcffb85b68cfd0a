package io.caravanhub.hub.event;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The events of the thread's tenant, for people: lists, and what they are told. Every change is a
 * row of the event's timeline and of the audit. Thread-safe.
 */
@Component("events")
public class Events {
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final EventRows rows;

  public Events(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.rows = new EventRows(jdbc);
  }

  /**
   * A page of events, newest first.
   *
   * @throws IllegalArgumentException when limit or cursor is not usable
   */
  public EventPage list(EventQuery query) {
    if (query.limit() < 1 || query.limit() > 500) {
      throw new IllegalArgumentException("limit: expected 1 to 500, got " + query.limit());
    }
    return rows.list(query);
  }

  /** One event. */
  public Optional<EventView> find(UUID id) {
    return rows.find(id);
  }

  /** Somebody has seen it. */
  public EventView acknowledge(UUID id, String actor) {
    return acknowledge(id, actor, null);
  }

  /** Somebody has seen it. */
  public EventView acknowledge(UUID id, String actor, @Nullable String note) {
    return change(EventCommand.ACKNOWLEDGE, id, actor, note, "status = 'acknowledged'", null);
  }

  /** It is none: it stays silent until its condition has cleared and comes back. */
  public EventView dismiss(UUID id, String actor, @Nullable String note) {
    return dismiss(id, actor, null, note);
  }

  /**
   * It is none. What was planned and has not been sent is cancelled; a work order that the FSM has
   * is not taken back.
   *
   * @param reason one of {@code false_alarm, duplicate, known, test, other}, or null
   */
  public EventView dismiss(UUID id, String actor, @Nullable String reason, @Nullable String note) {
    return change(
        EventCommand.DISMISS,
        id,
        actor,
        note,
        "status = 'dismissed', dismiss_reason = :argument",
        reason);
  }

  /** Until then, events of its rule on its device call for no action. It comes back by itself. */
  public EventView shelve(UUID id, String actor, Instant until, @Nullable String note) {
    if (!until.isAfter(Instant.now())) {
      throw new IllegalArgumentException("until: expected a time to come, got " + until);
    }
    return change(
        EventCommand.SHELVE,
        id,
        actor,
        note,
        """
        shelved_from = case status when 'shelved' then shelved_from else status end, status = 'shelved',
        shelved_until = cast(:argument as timestamptz)
        """,
        until.toString());
  }

  /** Takes it from the shelf before its time. */
  public EventView unshelve(UUID id, String actor, @Nullable String note) {
    return change(EventCommand.UNSHELVE, id, actor, note, "status = " + Shelf.BACK, null);
  }

  /** It is over, whatever its signal says; a signal that clears and comes back is a new event. */
  public EventView resolve(UUID id, String actor, @Nullable String note) {
    return change(EventCommand.RESOLVE, id, actor, note, "status = 'resolved'", null);
  }

  /** It is not over. Actions are not planned anew, also not those that were cancelled with it. */
  public EventView reopen(UUID id, String actor, @Nullable String note) {
    return change(EventCommand.REOPEN, id, actor, note, "status = 'open'", null);
  }

  /** Adds to its timeline. */
  public EventView note(UUID id, String actor, String note) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              EventView event = allowed(EventCommand.NOTE, id);
              jdbc.sql(
                      """
                      insert into event_changes (tenant_id, event_id, actor, change, from_status, to_status, active, note)
                      values (hub_tenant(), ?, ?, 'note', ?, ?, ?, ?)
                      """)
                  .params(id, actor, event.status(), event.status(), event.active(), note)
                  .update();
              return event;
            }));
  }

  private EventView change(
      EventCommand command,
      UUID id,
      String actor,
      @Nullable String note,
      String set,
      @Nullable String argument) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              EventView before = allowed(command, id);
              JdbcClient.StatementSpec update =
                  jdbc.sql(
                          "update events e set "
                              + set
                              + ", changed_by = :actor, change_note = :note where id = :id")
                      .param("actor", actor)
                      .param("note", note)
                      .param("id", id);
              if (set.contains(":argument")) {
                update = update.param("argument", argument);
              }
              update.update();
              audit(id, actor, command, before.status(), note);
              if (command == EventCommand.DISMISS || command == EventCommand.RESOLVE) {
                cancelUnsent(id, actor);
              }
              return rows.find(id).orElseThrow();
            }));
  }

  /** What has not gone out yet is of no use any more, unless another event asks for it as well. */
  private void cancelUnsent(UUID id, String actor) {
    // Who plans locks them too: whatever joins them is seen below, or finds them cancelled. One
    // that
    // is PLANNED is not there, however often it was tried; one that was tried and is HELD may be.
    jdbc.sql(
            """
            select a.id from actions a join event_actions l on l.action_id = a.id
             where l.event_id = ? and (a.state = 'PLANNED' or a.state = 'HELD' and a.attempts = 0)
             order by a.created_at, a.id for no key update of a
            """)
        .params(id)
        .query(UUID.class)
        .list();
    jdbc.sql(
            """
            with cancelled as (
              update actions a set state = 'CANCELLED', last_error = 'its event was closed by ' || :actor, updated_at = now()
               where (a.state = 'PLANNED' or a.state = 'HELD' and a.attempts = 0)
                 and exists (select from event_actions l where l.action_id = a.id and l.event_id = :id)
                 and not exists (select from event_actions l join events e on e.id = l.event_id
                                  where l.action_id = a.id and e.status not in ('resolved', 'dismissed'))
              returning a.kind, a.external_identifier)
            insert into event_changes (tenant_id, event_id, actor, change, from_status, to_status, active, note)
            select hub_tenant(), e.id, :actor, 'cancelled', e.status, e.status, e.resolved_at is null,
                   c.kind || ' ' || c.external_identifier || ' had not been sent'
              from cancelled c, events e where e.id = :id
            """)
        .param("actor", actor)
        .param("id", id)
        .update();
  }

  private EventView allowed(EventCommand command, UUID id) {
    EventView event = rows.locked(id).orElseThrow(() -> EventStateException.absent(id));
    EventState state = EventState.of(event.status());
    if (!command.allowed(state)) {
      throw EventStateException.refused(command, state);
    }
    return event;
  }

  private void audit(
      UUID id, String actor, EventCommand command, String was, @Nullable String reason) {
    jdbc.sql(
            """
            insert into audit (tenant_id, actor, verb, subject, before, after)
            values (hub_tenant(), :actor, :verb, :subject, jsonb_build_object('status', :was::text),
                    jsonb_build_object('reason', :reason::text))
            """)
        .param("actor", actor)
        .param("verb", command.label())
        .param("subject", "event/" + id)
        .param("was", was)
        .param("reason", reason)
        .update();
  }
}
