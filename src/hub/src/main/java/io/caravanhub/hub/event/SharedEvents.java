package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rules that run on a gateway and in the hub. Who notices a problem first makes its event; what the
 * other says of the same rule and device is about that one, though the onsets differ by what was
 * left out on the way and by the gateway's clock. The event's evidence says who has told of it:
 * {@code gateway}, its serial, and {@code hub}, where that is both. Within the transaction of the
 * detection. Thread-safe.
 */
final class SharedEvents {
  /** What thinning and a gateway's clock may put between what the two say of one problem. */
  private static final Duration APART = Duration.ofMinutes(5);

  private final JdbcClient jdbc;
  private final BooleanSupplier alone;

  /**
   * @param alone whether this hub is the only one: two that have a device one after the other may
   *     overlap, and see one problem begin at different readings
   */
  SharedEvents(JdbcClient jdbc, BooleanSupplier alone) {
    this.jdbc = jdbc;
    this.alone = alone;
  }

  /**
   * The event that a detection is about.
   *
   * @param key of its newest signal
   * @param raisedAt when that was raised
   * @param over whether it has cleared since
   * @param ofHub whether the hub has noticed it too
   */
  record Same(UUID id, String key, Instant raisedAt, boolean over, boolean ofHub) {}

  /**
   * A hub that hangs in this transaction, or is cut off, has its locks for ten seconds more: who
   * takes its devices over may wait for them.
   */
  void begin() {
    if (!alone.getAsBoolean()) {
      jdbc.sql("select set_config('idle_in_transaction_session_timeout', '10000', true)")
          .query(String.class)
          .single();
    }
  }

  /** Lets those that raise the same rule on the same device do so one after the other. */
  void lock(Detection detection) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('event ' || ? || ' ' || ?, 0))")
        .params(detection.device().id(), detection.rule().id())
        .query((row, n) -> "")
        .single();
  }

  /**
   * Whether this very onset has been recorded, and what is told of it changes no event: the one it
   * was recorded with is active, or cleared later than this. False also where one of gateway and
   * hub ended what the other still sees.
   */
  boolean known(Detection detection) {
    return jdbc.sql(
            """
            select not jsonb_exists(e.evidence, 'gateway') or coalesce(e.resolved_at >= :at, true)
              from event_signals s join events e on e.id = s.event_id
             where s.tenant_id = hub_tenant() and s.dedup_key = :key
            """)
        .param("at", Timestamp.from(detection.at()))
        .param("key", detection.dedupKey())
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  /**
   * The event that is open, unless it was raised after the detection, or that was open at the time
   * of the detection.
   *
   * @param gateway who tells, or null for the hub, which alone shares only what a gateway told of
   */
  Optional<Same> find(@Nullable String gateway, Detection detection) {
    return jdbc.sql(
            """
            select e.id, s.dedup_key, s.raised_at, e.resolved_at is not null as over,
                   not jsonb_exists(e.evidence, 'gateway') or jsonb_exists(e.evidence, 'hub') as of_hub
              from events e
             cross join lateral (select dedup_key, raised_at from event_signals
                                  where event_id = e.id order by raised_at desc limit 1) s
             where e.device_id = :device and e.rule_id = :rule and (:all or jsonb_exists(e.evidence, 'gateway'))
               and (e.resolved_at is null and e.opened_at <= :latest or e.opened_at <= :at and e.resolved_at >= :at)
             order by over desc, e.opened_at desc limit 1
            """)
        .param("device", UUID.fromString(detection.device().id()))
        .param("rule", detection.rule().id())
        .param("all", gateway != null || !alone.getAsBoolean())
        .param("at", Timestamp.from(detection.at()))
        .param("latest", Timestamp.from(detection.at().plus(APART)))
        .query(
            (row, n) ->
                new Same(
                    row.getObject("id", UUID.class),
                    row.getString("dedup_key"),
                    row.getTimestamp("raised_at").toInstant(),
                    row.getBoolean("over"),
                    row.getBoolean("of_hub")))
        .optional();
  }

  /** A gateway has made the event. */
  void begun(UUID event, String gateway) {
    jdbc.sql(
            "update events set evidence = evidence || jsonb_build_object('gateway', ?) where id ="
                + " ?")
        .params(gateway, event)
        .update();
  }

  /**
   * A gateway, or with null the hub, tells that an event is active again: who told before did not.
   */
  void returned(UUID event, @Nullable String gateway) {
    jdbc.sql(
            """
            update events
               set evidence = case when :gateway then (evidence - 'hub') || jsonb_build_object('gateway', cast(:serial as text))
                     else evidence || '{"hub": true}' end
             where id = :event and (:gateway or jsonb_exists(evidence, 'gateway'))
            """)
        .param("gateway", gateway != null)
        .param("serial", gateway)
        .param("event", event)
        .update();
  }

  /** A gateway, or with null the hub, tells of an event that there was. */
  void joined(UUID event, @Nullable String gateway) {
    jdbc.sql(
            """
            update events
               set evidence = evidence || case when jsonb_exists(evidence, 'gateway') <> :gateway then '{"hub": true}' else '{}' end::jsonb
                     || case when :gateway then jsonb_build_object('gateway', cast(:serial as text)) else '{}' end
             where id = :event and (:gateway or jsonb_exists(evidence, 'gateway'))
            """)
        .param("gateway", gateway != null)
        .param("serial", gateway)
        .param("event", event)
        .update();
  }
}
