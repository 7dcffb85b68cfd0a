package io.caravanhub.hub.orchestration;

import io.caravanhub.hub.event.RecordedEvent;
import io.caravanhub.hub.notify.Announced;
import io.caravanhub.hub.notify.Announcement;
import io.caravanhub.hub.notify.Announcer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The carrying out of one deliberation, in the transaction of its event. */
final class Plan {
  /** By then the events of completed work are over too. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private static final int LONGEST_PAUSE_MINUTES = 60;

  private final ActionRows rows;
  private final Announcer announcer;
  private final String publicUrl;
  private final Duration clearWithin;
  private final RecordedEvent event;
  private final Occasion occasion;
  private final PolicyBook book;
  private final Instant now;
  private final @Nullable Integer told;
  private final List<Explanation.Outcome> outcomes = new ArrayList<>();
  private int moved;

  /**
   * @param told how often telling has failed, when nothing else is to be done; else null
   */
  Plan(
      ActionRows rows,
      Announcer announcer,
      String publicUrl,
      Duration clearWithin,
      RecordedEvent event,
      Occasion occasion,
      PolicyBook book,
      Instant now,
      @Nullable Integer told) {
    this.rows = rows;
    this.announcer = announcer;
    this.publicUrl = publicUrl;
    this.clearWithin = clearWithin;
    this.event = event;
    this.occasion = occasion;
    this.book = book;
    this.now = now;
    this.told = told;
  }

  /** Does all that is wanted; the outcomes in the order in which it was done. */
  List<Explanation.Outcome> carryOut(Deliberation deliberation) {
    List<Wanted> wants =
        deliberation.wanted().stream().filter(w -> told == null || w.kind().told()).toList();
    boolean queued = wants.stream().anyMatch(w -> !w.kind().told());
    if (queued) {
      // The tenant's lock first, always: two plans never wait for one another crosswise.
      if (!book.limits().isEmpty()) {
        rows.lock(Grouping.lock(occasion.tenant(), "limits"));
      }
      rows.lock(Grouping.lock(occasion.tenant(), occasion.assetKey(), occasion.family()));
    }
    for (Wanted wanted : wants) {
      switch (wanted.kind()) {
        case NOTIFICATION, WEBHOOK -> announce(wanted);
        case PARTS -> parts(wanted);
        default -> act(wanted, wanted.kind().label());
      }
    }
    deliberation.waits().forEach(wait -> rows.wait(event.id(), wait));
    return outcomes;
  }

  /** How many actions the dispatcher may have something to do with now. */
  int moved() {
    return moved;
  }

  private void announce(Wanted wanted) {
    PolicyAction action = wanted.action();
    boolean webhook = wanted.kind() == PolicyAction.Kind.WEBHOOK;
    String to = action.to() != null ? action.to() : webhook ? happening(occasion) : "dispatcher";
    Announced announced =
        announcer.announce(
            event,
            new Announcement(
                webhook ? Announcement.Kind.WEBHOOK : Announcement.Kind.NOTIFICATION,
                to,
                action.template(),
                action.urgent(),
                wanted.policy()));
    if (announced.again()) {
      // Soon, then more and more seldom, for as long as the event lasts.
      int tries = told == null ? 0 : told;
      Duration pause =
          Duration.ofMinutes(Math.min(1L << Math.min(tries, 10), LONGEST_PAUSE_MINUTES));
      rows.tellAgain(
          event.id(), new Deliberation.Wait(wanted.policy(), now.plus(pause)), tries + 1);
    }
    outcomes.add(outcome(wanted, "told", null, null, to + ": " + announced.reason()));
  }

  /** What a webhook tells when the policy does not say. */
  static String happening(Occasion occasion) {
    if (occasion.judged()) {
      return "anomaly.detected";
    }
    boolean critical =
        occasion.severity().equals("critical") || occasion.type().equals("critical_fault");
    return critical ? "prediction.critical" : "event.raised";
  }

  private void parts(Wanted wanted) {
    if (occasion.facts().at("/event/parts").isEmpty()) {
      outcomes.add(outcome(wanted, "nothing", null, null, "the event names no parts"));
      return;
    }
    act(wanted, "parts_check");
    if (wanted.action().order()) {
      act(wanted, "parts_order");
    }
  }

  private void act(Wanted wanted, String kind) {
    Grouping group = new Grouping(occasion.tenant(), occasion.assetKey(), occasion.family(), kind);
    String role = wanted.action().role();
    Instant since = group.since(wanted.action().groupFor(), occasion, now);
    for (ActionRows.There found = underWay(group, role, since);
        found != null;
        found = underWay(group, role, since)) {
      ActionRows.There kept = rows.kept(event.id(), found);
      if (!kept.over() || kept.state().equals(found.state())) {
        join(wanted, kind, kept);
        return;
      }
    }
    // One that the FSM refused for good, that was cancelled or done, does not stand in the way of
    // the next attempt at the problem.
    for (int generation = 0; ; generation++) {
      String key =
          group.key(wanted.action().groupFor(), occasion, role == null ? "" : role, generation);
      ActionRows.There earlier = rows.ofKey(key).orElse(null);
      if (earlier == null) {
        insert(wanted, kind, group, key);
        return;
      }
      ActionRows.There kept = earlier.over() ? earlier : rows.kept(event.id(), earlier);
      if (!kept.over()) {
        join(wanted, kind, kept);
        return;
      }
    }
  }

  private ActionRows.@Nullable There underWay(
      Grouping group, @Nullable String role, Instant since) {
    return rows.underWay(occasion, group, role, since).orElse(null);
  }

  private void insert(Wanted wanted, String kind, Grouping group, String key) {
    List<String> reasons = new ArrayList<>(wanted.reasons());
    String heldFor = !wanted.held() ? null : wanted.until() == null ? "confidence" : "hours";
    Optional<DayLimit> limit = limit(kind);
    if (limit.isPresent() && !(wanted.held() && wanted.until() == null)) {
      heldFor = "limit";
      reasons.add(
          "the limit of " + limit.get().words() + " is reached, so a person has to release it");
    }
    Instant until = "hours".equals(heldFor) ? wanted.until() : null;
    String external = ActionRows.external(key);
    String reason = String.join("; ", reasons);
    UUID id =
        rows.insert(
                event.id(),
                group,
                key,
                Payload.of(occasion, wanted, book, kind, external, publicUrl, heldFor),
                heldFor == null ? null : reason,
                until)
            .orElseThrow(() -> new IllegalStateException("planned at the same time: " + key));
    rows.link(event.id(), id, wanted.priority(), true);
    moved++;
    outcomes.add(
        new Explanation.Outcome(
            wanted.policy(),
            kind,
            heldFor == null ? "planned" : "held",
            id,
            external,
            wanted.priority(),
            reason,
            wanted.downgraded(),
            until));
  }

  private Optional<DayLimit> limit(String kind) {
    Instant today = book.calendar().dayOf(now);
    return book.limits().stream()
        .filter(limit -> limit.kind().equals(kind))
        .filter(limit -> rows.madeSince(limit, occasion.assetKey(), today) >= limit.most())
        .findFirst();
  }

  private void join(Wanted wanted, String kind, ActionRows.There there) {
    rows.link(event.id(), there.id(), wanted.priority(), false);
    List<String> reasons = new ArrayList<>();
    if (rows.hasten(there.id(), wanted.priority())) {
      reasons.add("which now has priority " + wanted.priority());
    }
    if (!wanted.held() && there.state().equals("HELD") && rows.release(there.id())) {
      reasons.add("which was held and goes out now");
      moved++;
    }
    if (there.completed() && kind.equals("work_order")) {
      Instant again = now.plus(clearWithin).plus(MARGIN).truncatedTo(ChronoUnit.SECONDS);
      rows.wait(event.id(), new Deliberation.Wait(wanted.policy(), again));
      reasons.add("whose work is completed; should it last, it is looked at again at " + again);
    }
    outcomes.add(
        new Explanation.Outcome(
            wanted.policy(),
            kind,
            "joined",
            there.id(),
            there.externalIdentifier(),
            wanted.priority(),
            String.join(", ", reasons),
            wanted.downgraded(),
            null));
  }

  private static Explanation.Outcome outcome(
      Wanted wanted, String outcome, @Nullable UUID action, @Nullable String external, String why) {
    return new Explanation.Outcome(
        wanted.policy(),
        Objects.requireNonNull(wanted.kind().label()),
        outcome,
        action,
        external,
        null,
        why,
        wanted.downgraded(),
        null);
  }
}
