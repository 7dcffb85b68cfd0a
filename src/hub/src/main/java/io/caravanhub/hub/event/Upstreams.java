package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Amount;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Finding;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleOutcome;
import io.caravanhub.core.rule.Severity;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What devices speak through: a gateway, the device they are virtual parts of, a connection with an
 * OEM cloud. When all devices that ever spoke through it (two at least) are silent, it is silent,
 * and so it is when it has a silence event of its own: that one event stands for theirs, which call
 * for nothing. It clears with the first of them that speaks. Thread-safe.
 */
final class Upstreams {
  static final String RULE = "upstream-silent";

  private final JdbcClient jdbc;

  Upstreams(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Whether the detection is of a device that says nothing. */
  static boolean isSilence(Detection detection) {
    return detection.rule().when().comparisons().stream()
        .anyMatch(compared -> compared.amount() instanceof Amount.Silence);
  }

  /**
   * What a device speaks through.
   *
   * @param kind gateway, device or connection
   * @param carrier the device that its event is kept with
   */
  record Upstream(String kind, UUID id, String name, UUID carrier) {
    String asset() {
      return kind + ":" + name;
    }
  }

  /**
   * What became of a silence.
   *
   * @param quiet whether something else stands for it
   * @param fallen what has just been found silent with it: its event is to be recorded
   */
  record Heard(boolean quiet, Optional<Detection> fallen) {}

  /** Within the transaction of the new event. */
  Heard take(UUID event, Detection detection) {
    UUID device = UUID.fromString(detection.device().id());
    adoptParts(event, device);
    for (Upstream upstream : of(device)) {
      jdbc.sql("select pg_advisory_xact_lock(hashtextextended('upstream ' || ?, 0))")
          .params(upstream.id().toString())
          .query((row, n) -> "")
          .single();
      Optional<UUID> parent = standing(upstream);
      if (parent.isPresent()) {
        suppress(List.of(event), parent.get());
        return new Heard(true, Optional.empty());
      }
      if (allSilent(upstream)) {
        return new Heard(true, Optional.of(silent(upstream, detection)));
      }
    }
    return new Heard(false, Optional.empty());
  }

  /** Puts an event of a silence to that of what its device speaks through; false if none. */
  boolean joins(UUID event, Detection detection) {
    if (detection.finding().metric() != null
        || !detection.rule().outcome().family().equals("communication")
        || detection.rule().id().equals(RULE)) {
      return false;
    }
    Optional<UUID> parent =
        of(UUID.fromString(detection.device().id())).stream()
            .flatMap(upstream -> standing(upstream).stream())
            .filter(standing -> !standing.equals(event))
            .findFirst();
    parent.ifPresent(standing -> suppress(List.of(event), standing));
    return parent.isPresent();
  }

  private List<Upstream> of(UUID device) {
    return jdbc.sql(
            """
            select 'device' as kind, p.id, p.serial as name, p.id as carrier from devices d join devices p on p.id = d.parent_id where d.id = :device
            union all
            select 'gateway', g.id, g.serial, d.id from devices d join gateways g on g.id = d.gateway_id where d.id = :device
            union all
            select 'connection', c.id, c.oem || '/' || c.name, l.device_id from connection_devices l join connections c on c.id = l.connection_id
             where l.device_id = :device and l.vanished_at is null and c.state = 'enabled'
            """)
        .param("device", device)
        .query(Upstream.class)
        .list();
  }

  /** The event of its silence that is active, unless people have closed it. */
  private Optional<UUID> standing(Upstream upstream) {
    return jdbc.sql(
            """
            select id from events
             where resolved_at is null and status not in ('resolved', 'dismissed') and metric is null
               and (rule_id = 'upstream-silent' and asset_id = :asset
                    or :kind = 'device' and device_id = :id and family = 'communication')
             order by opened_at limit 1
            """)
        .param("asset", upstream.asset())
        .param("kind", upstream.kind())
        .param("id", upstream.id())
        .query(UUID.class)
        .optional();
  }

  private boolean allSilent(Upstream upstream) {
    return jdbc.sql(
            """
            select count(*) >= 2 and bool_and(silent) from (
              select exists (select from events e where e.device_id = d.id and e.metric is null and e.resolved_at is null
                               and e.family = 'communication' and e.rule_id <> 'upstream-silent') as silent
                from devices d
               where d.status = 'active'
                 and case :kind when 'device' then d.parent_id = :id when 'gateway' then d.gateway_id = :id
                     else d.id in (select l.device_id from connection_devices l where l.connection_id = :id and l.vanished_at is null) end
                 and exists (select from device_series(d.key))) s
            """)
        .param("kind", upstream.kind())
        .param("id", upstream.id())
        .query(Boolean.class)
        .single();
  }

  private Detection silent(Upstream upstream, Detection last) {
    String message =
        "Nothing heard through %s %s: all its devices are silent"
            .formatted(upstream.kind(), upstream.name());
    RuleOutcome outcome =
        new RuleOutcome(
            EventType.WARNING,
            Severity.HIGH,
            "communication",
            message,
            "Check power and network of the " + upstream.kind() + ".",
            "COMMUNICATION_LOST",
            List.of());
    RuleDevice device =
        new RuleDevice(
            last.tenant(),
            upstream.carrier().toString(),
            upstream.name(),
            upstream.kind(),
            "",
            "",
            upstream.asset());
    return new Detection(
        Detection.Kind.RAISE,
        device,
        Rule.ofOthers(RULE, outcome),
        last.at(),
        last.at(),
        new Finding(null, last.value(), Double.NaN, last.unit(), null));
  }

  /** The event of what the device speaks through: it stands for those of all its devices. */
  void adopt(UUID parent, UUID device) {
    of(device).stream()
        .filter(upstream -> standing(upstream).filter(parent::equals).isPresent())
        .findFirst()
        .ifPresent(upstream -> suppress(silentDevices(upstream), parent));
  }

  private List<UUID> silentDevices(Upstream upstream) {
    return jdbc.sql(
            """
            select e.id from events e join devices d on d.id = e.device_id
             where e.metric is null and e.resolved_at is null and e.family = 'communication' and e.rule_id <> 'upstream-silent'
               and (e.parent_id is null or e.suppressed = 'storm') and e.status in ('open', 'acknowledged')
               and case :kind when 'device' then d.parent_id = :id when 'gateway' then d.gateway_id = :id
                   else d.id in (select l.device_id from connection_devices l where l.connection_id = :id and l.vanished_at is null) end
             order by e.id
            """)
        .param("kind", upstream.kind())
        .param("id", upstream.id())
        .query(UUID.class)
        .list();
  }

  /** A device that is silent itself stands for those that are virtual parts of it. */
  private void adoptParts(UUID event, UUID device) {
    suppress(silentDevices(new Upstream("device", device, "", device)), event);
  }

  private void suppress(List<UUID> events, UUID parent) {
    if (!events.isEmpty()) {
      jdbc.sql(
              """
              update events set parent_id = :parent, suppressed = 'parent', change_note = 'what it speaks through is silent'
               where id in (:events) and id <> :parent
              """)
          .param("parent", parent)
          .param("events", events)
          .update();
    }
  }

  /** What stood for the event while nothing was heard, and is heard again with it. */
  void clearedWith(UUID event) {
    List<UUID> silent =
        jdbc.sql(
                "select device_id from events where id = ? and metric is null and family ="
                    + " 'communication' and rule_id <> 'upstream-silent'")
            .params(event)
            .query(UUID.class)
            .list();
    // Its parent may be a storm by now.
    String[] heard =
        silent.stream().flatMap(d -> of(d).stream()).map(Upstream::asset).toArray(String[]::new);
    jdbc.sql(
            """
            update events p set resolved_at = now(), status = case when p.status in ('open', 'acknowledged') then 'resolved' else p.status end,
                   change_note = 'one of its devices speaks again'
              from events e
             where e.id = :event and (p.id = e.parent_id or p.asset_id = any (:heard)) and p.rule_id = 'upstream-silent' and p.resolved_at is null
            """)
        .param("event", event)
        .param("heard", heard)
        .update();
  }
}
