package io.caravanhub.hub.orchestration;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The events of a time by policies that may not have been in force then: the actions they would
 * have made, beside those there were. An action lasts as long as its grouping window here, for
 * nobody knows how long its job would have taken. For one use.
 */
final class PolicyReplay implements PolicyCondition.Past {
  private static final int MOST_SHOWN = 2_000;

  private record Problem(String asset, String family) {}

  private record Slot(Problem problem, String slot) {}

  private final PolicyBook book;
  private final Instant from;
  private final Instant to;
  private final Map<Problem, Deque<Instant>> before = new HashMap<>();
  private final Map<Slot, Instant> lasts = new HashMap<>();
  private final Map<String, Map<Instant, Integer>> made = new HashMap<>();
  private final Map<String, Integer> would = new TreeMap<>();
  private final Map<String, Integer> were = new TreeMap<>();
  private final List<Line> lines = new ArrayList<>();
  private int looked;
  private int differing;

  PolicyReplay(PolicyBook book, Instant from, Instant to) {
    this.book = book;
    this.from = from;
    this.to = to;
  }

  /**
   * What came of it.
   *
   * @param would actions by kind, and {@code held <kind>} of those that would have waited
   * @param were actions there were, by kind
   * @param shown events where both differ or something was done, 2000 at most
   * @param differing events for which it would have been otherwise
   */
  record Report(
      Instant from,
      Instant to,
      int events,
      Map<String, Integer> would,
      Map<String, Integer> were,
      int differing,
      List<Line> shown,
      List<String> notes) {}

  /** One event. */
  record Line(
      UUID event,
      Instant openedAt,
      String device,
      String type,
      String severity,
      String message,
      List<String> would,
      List<String> were) {}

  /** The next events, oldest first, with what was really done about them. */
  void take(List<Occasion> events, Map<UUID, List<ReallyDone.Done>> really) {
    for (Occasion event : events) {
      looked++;
      List<String> would = would(event);
      List<String> was = new ArrayList<>();
      for (ReallyDone.Done done : really.getOrDefault(event.event(), List.of())) {
        was.add((done.own() ? "" : "joined ") + done.kind());
        if (done.own()) {
          were.merge(done.kind(), 1, Integer::sum);
        }
      }
      boolean same = kinds(would).equals(kinds(was));
      differing += same ? 0 : 1;
      if ((!same || !was.isEmpty()) && lines.size() < MOST_SHOWN) {
        lines.add(
            new Line(
                Objects.requireNonNull(event.event()),
                event.openedAt(),
                event.text("/device/serial"),
                event.type(),
                event.severity(),
                event.text("/event/message"),
                would,
                was));
      }
    }
  }

  Report report(String note) {
    List<String> notes = new ArrayList<>();
    notes.add("an action takes in later events for its group_for here, not until its job is done");
    if (!note.isEmpty()) {
      notes.add(note);
    }
    return new Report(from, to, looked, would, were, differing, lines, notes);
  }

  private static List<String> kinds(List<String> done) {
    return done.stream()
        .map(one -> one.replaceFirst("^held ", ""))
        .filter(
            one ->
                !one.startsWith("joined ")
                    && !one.equals("parts_check")
                    && !one.equals("notification")
                    && !one.equals("webhook"))
        .sorted()
        .toList();
  }

  private List<String> would(Occasion event) {
    before
        .computeIfAbsent(new Problem(event.assetKey(), event.family()), p -> new ArrayDeque<>())
        .add(event.openedAt());
    Deliberation first = Deliberation.of(event, book, event.openedAt(), this, null);
    List<String> done = new ArrayList<>();
    first.wanted().forEach(wanted -> done.add(act(event, wanted, event.openedAt())));
    Instant ended = event.endedAt() == null ? to : event.endedAt();
    for (Deliberation.Wait wait : first.waits()) {
      if (wait.due().isBefore(ended)) {
        Deliberation.of(event, book, wait.due(), this, wait.policy())
            .wanted()
            .forEach(wanted -> done.add(act(event, wanted, wait.due())));
      }
    }
    return done;
  }

  private String act(Occasion event, Wanted wanted, Instant at) {
    String kind = wanted.kind() == PolicyAction.Kind.PARTS ? "parts_order" : wanted.kind().label();
    Slot slot = new Slot(new Problem(event.assetKey(), event.family()), wanted.slot());
    Instant until = lasts.get(slot);
    if (!wanted.kind().told() && until != null && until.isAfter(at)) {
      return "joined " + kind;
    }
    lasts.put(slot, at.plus(wanted.action().groupFor()));
    boolean held = wanted.held() || (!wanted.kind().told() && beyond(kind, event.assetKey(), at));
    String what = held ? "held " + kind : kind;
    would.merge(what, 1, Integer::sum);
    return what;
  }

  private boolean beyond(String kind, String asset, Instant at) {
    Instant day = book.calendar().dayOf(at);
    boolean beyond = false;
    for (DayLimit limit : book.limits()) {
      if (limit.kind().equals(kind)) {
        String whose = kind + (limit.perAsset() ? " " + asset : "");
        int before = made.getOrDefault(whose, Map.of()).getOrDefault(day, 0);
        beyond |= before >= limit.most();
      }
    }
    if (!beyond) {
      for (String whose : List.of(kind, kind + " " + asset)) {
        made.computeIfAbsent(whose, w -> new HashMap<>()).merge(day, 1, Integer::sum);
      }
    }
    return beyond;
  }

  @Override
  public int occurrences(Occasion occasion, Duration within) {
    Instant since = occasion.openedAt().minus(within);
    return (int)
        before
            .getOrDefault(new Problem(occasion.assetKey(), occasion.family()), new ArrayDeque<>())
            .stream()
            .filter(opened -> opened.isAfter(since))
            .count();
  }
}
