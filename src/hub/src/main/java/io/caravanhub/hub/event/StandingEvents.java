package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Finding;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleOutcome;
import io.caravanhub.core.rule.Severity;
import io.caravanhub.hub.event.StandingRows.Standing;
import io.caravanhub.hub.registry.Device;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What somebody else says is wrong with devices, as events that are open while it is said. They go
 * the road of all events: policies plan actions for them, people acknowledge them. One that was
 * closed by hand, or with its work order, is not raised again before it has been gone. Thread-safe.
 */
@Component
public class StandingEvents {
  private final StandingRows rows;
  private final EventLog log;

  StandingEvents(JdbcClient jdbc, EventLog log) {
    this.rows = new StandingRows(jdbc);
    this.log = log;
  }

  /**
   * One thing that is wrong.
   *
   * @param code unique in the family
   * @param type of the event, see {@link EventType#label()}
   * @param action what a technician should do, or empty
   * @param failureMode code for the FSM, or null
   * @param details what else is kept with the event as its evidence {@code alarm}; may be empty
   */
  public record Condition(
      String code,
      String type,
      String severity,
      String message,
      String action,
      @Nullable String failureMode,
      Map<String, Object> details) {

    /** Without details. */
    public Condition(
        String code,
        String type,
        String severity,
        String message,
        String action,
        @Nullable String failureMode) {
      this(code, type, severity, message, action, failureMode, Map.of());
    }
  }

  /**
   * What is said of a device now.
   *
   * @param is what is wrong
   * @param gone codes that are wrong no more
   * @param whole whether everything that {@code is} does not hold is gone too
   */
  public record Said(Device device, List<Condition> is, List<String> gone, boolean whole) {
    /** Both at the same time. */
    public Said and(Said other) {
      return new Said(device, joined(is, other.is), joined(gone, other.gone), whole || other.whole);
    }

    /** This, and then what was said later. */
    public Said then(Said later) {
      Set<String> named = later.is.stream().map(Condition::code).collect(Collectors.toSet());
      List<Condition> still =
          is.stream().filter(c -> !later.whole && !later.gone.contains(c.code())).toList();
      List<String> over = new ArrayList<>(gone);
      is.stream().map(Condition::code).forEach(over::add);
      still.stream().map(Condition::code).forEach(over::remove);
      over.removeAll(named);
      return new Said(
          device, joined(still, later.is), joined(over, later.gone), whole || later.whole);
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
      return Stream.concat(first.stream(), second.stream()).toList();
    }
  }

  /** Raises, refreshes and clears the events of a family, as the tenant in force. */
  public void now(String family, List<Said> said) {
    at(Instant.now(), family, said, Map.of());
  }

  /**
   * The same for what was said at another time. What was raised later is not cleared by it, and
   * what has cleared since is not raised anew.
   *
   * @param at when it was said
   */
  public void at(Instant at, String family, List<Said> said) {
    Instant heard = at.truncatedTo(ChronoUnit.MILLIS);
    at(
        heard,
        family,
        said,
        said.isEmpty() ? Map.of() : rows.clearedSince(heard, family, devices(said)));
  }

  private void at(Instant at, String family, List<Said> said, Map<UUID, Set<String>> past) {
    if (said.isEmpty()) {
      return;
    }
    Map<UUID, List<Standing>> standing = rows.standing(family, devices(said));
    Instant now = at.truncatedTo(ChronoUnit.MILLIS);
    List<UUID> seen = new ArrayList<>();
    List<UUID> over = new ArrayList<>();
    for (Said of : said) {
      Map<String, Standing> known =
          standing.getOrDefault(of.device().id(), List.of()).stream()
              .collect(Collectors.toMap(Standing::rule, s -> s, (a, b) -> a));
      Map<String, Condition> named = new HashMap<>();
      of.is().forEach(condition -> named.putIfAbsent(rule(family, condition.code()), condition));
      Set<String> earlier = past.getOrDefault(of.device().id(), Set.of());
      named.forEach(
          (rule, condition) -> {
            Standing before = known.get(rule);
            if (before == null && !earlier.contains(rule)) {
              // One that returns may be worse than it was.
              log.record(
                  detection(Detection.Kind.ESCALATE, of.device(), family, condition, now, now));
            } else if (before != null) {
              seen.add(before.id());
              if (before.isOpen() && isWorse(condition, before)) {
                log.record(
                    detection(
                        Detection.Kind.ESCALATE,
                        of.device(),
                        family,
                        condition,
                        before.raised(),
                        now));
              }
            }
          });
      known.forEach(
          (rule, before) -> {
            boolean ended =
                !named.containsKey(rule)
                    && !before.raised().isAfter(now)
                    && (of.whole()
                        || of.gone().stream().anyMatch(c -> rule(family, c).equals(rule)));
            if (ended && before.closed()) {
              over.add(before.id());
            } else if (ended) {
              log.record(cleared(of.device(), family, before, now));
            }
          });
    }
    rows.seen(seen);
    rows.over(over);
  }

  private static boolean isWorse(Condition condition, Standing before) {
    return Severity.valueOf(condition.severity().toUpperCase(Locale.ROOT))
            .compareTo(Severity.valueOf(before.severity().toUpperCase(Locale.ROOT)))
        > 0;
  }

  private static UUID[] devices(List<Said> said) {
    return said.stream().map(of -> of.device().id()).toArray(UUID[]::new);
  }

  private static String rule(String family, String code) {
    return family + ":" + code;
  }

  private static Detection cleared(Device device, String family, Standing before, Instant now) {
    return detection(
        Detection.Kind.CLEAR,
        device,
        family,
        new Condition(
            before.rule().substring(family.length() + 1),
            before.type(),
            before.severity(),
            before.message(),
            "",
            null),
        before.raised(),
        now);
  }

  private static Detection detection(
      Detection.Kind kind,
      Device device,
      String family,
      Condition condition,
      Instant onset,
      Instant at) {
    RuleOutcome outcome =
        new RuleOutcome(
            EventType.valueOf(condition.type().toUpperCase(Locale.ROOT)),
            Severity.valueOf(condition.severity().toUpperCase(Locale.ROOT)),
            family,
            condition.message(),
            condition.action(),
            condition.failureMode(),
            List.of());
    Rule rule =
        Rule.ofOthers(
            rule(family, condition.code()),
            outcome,
            condition.details().isEmpty() ? Map.of() : Map.of("alarm", condition.details()));
    Finding said = new Finding(null, kind == Detection.Kind.CLEAR ? 0 : 1, Double.NaN, null, null);
    return new Detection(kind, device.forRules(), rule, onset, at, said);
  }
}
