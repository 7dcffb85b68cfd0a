package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Severity;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code POST /policies/dry-run} and {@code /policies/replay}: nothing is stored. Thread-safe. */
@Component("policyTrials")
public class PolicyTrials {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST = Duration.ofDays(92);
  private static final Duration MONTH = Duration.ofDays(30);
  private static final int MOST_EVENTS = 50_000;
  private static final int PAGE = 500;

  private final Policies policies;
  private final PolicyEdits edits;
  private final Occasions occasions;
  private final ActionRows rows;
  private final ReallyDone reallyDone;
  private final Semaphore room = new Semaphore(1);

  PolicyTrials(
      Policies policies,
      PolicyEdits edits,
      Occasions occasions,
      ActionRows rows,
      ReallyDone reallyDone) {
    this.policies = policies;
    this.edits = edits;
    this.occasions = occasions;
    this.rows = rows;
    this.reallyDone = reallyDone;
  }

  /**
   * {@code {event_id}} or {@code {event: {type, severity, family?, rule?, message?, confidence?,
   * value?, device?}}} or its fields at the top; {@code policy} is tried beside those in force,
   * {@code at} is the moment it is thought to happen.
   */
  public Explanation dryRun(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    String tenant = CallerContext.current().tenant();
    Instant given = fields.optionalInstant("at");
    Instant now = given == null ? Instant.now() : given;
    Occasion occasion = occasion(fields, tenant, now);
    PolicyBook book = book(tenant, fields);
    Deliberation deliberation = Deliberation.of(occasion, book, now, occasions, null);
    List<Explanation.Outcome> outcomes = new ArrayList<>();
    for (Wanted wanted : deliberation.wanted()) {
      outcomes.add(would(occasion, wanted, book, now));
    }
    return Explanation.of(deliberation, outcomes);
  }

  private PolicyBook book(String tenant, Fields fields) {
    PolicyBook book = policies.book(tenant);
    Policy draft = draft(fields);
    return draft == null ? book : book.with(replaced(book.policies(), draft));
  }

  private @Nullable Policy draft(Fields fields) {
    String text = fields.object("policy");
    try {
      return text == null ? null : edits.read(text.getBytes(StandardCharsets.UTF_8));
    } catch (ProblemException e) {
      throw ProblemException.badField("policy." + e.field(), String.valueOf(e.getMessage()));
    }
  }

  private static List<Policy> replaced(List<Policy> policies, Policy draft) {
    TreeMap<String, Policy> byId = new TreeMap<>();
    policies.forEach(policy -> byId.put(policy.id(), policy));
    byId.put(draft.id(), draft);
    return List.copyOf(byId.values());
  }

  private Occasion occasion(Fields fields, String tenant, Instant at) {
    String id = fields.optionalText("event_id");
    if (id != null) {
      fields.only(List.of("event_id", "policy", "at"));
      return find(id).orElseThrow(() -> ProblemException.notFound("event", id));
    }
    Fields event = fields;
    if (fields.has("event")) {
      fields.only(List.of("event", "policy", "at"));
      event = fields.within("event");
      event.only(IMAGINED);
    } else {
      List<String> known = new ArrayList<>(IMAGINED);
      known.addAll(List.of("event", "event_id", "policy", "at"));
      event.only(known);
    }
    Double confidence = event.optionalNumber("confidence");
    if (confidence != null && (confidence < 0 || confidence > 1)) {
      throw ProblemException.badField("confidence", "expected a number from 0 to 1");
    }
    ObjectNode node =
        JSON.createObjectNode()
            .put("type", label(event, "type", EventType.class))
            .put("severity", label(event, "severity", Severity.class))
            .put("family", event.text("family", ""))
            .put("rule", event.text("rule", ""))
            .put("message", event.text("message", "an imagined event"))
            .put("openedAt", at.toString());
    Double value = event.optionalNumber("value");
    if (value != null) {
      node.put("value", value);
    }
    if (confidence != null) {
      node.putObject("detector").put("confidence", confidence);
    }
    String device = event.optionalText("device");
    return occasions
        .imagined(tenant, device, node, at)
        .orElseThrow(() -> ProblemException.notFound("device", String.valueOf(device)));
  }

  private static final List<String> IMAGINED =
      List.of("type", "severity", "family", "rule", "message", "confidence", "value", "device");

  private static <E extends Enum<E>> String label(Fields fields, String field, Class<E> type) {
    String text = fields.text(field);
    List<String> labels = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      labels.add(constant.name().toLowerCase(Locale.ROOT));
    }
    if (!labels.contains(text)) {
      throw ProblemException.badField(field, "expected one of " + String.join(", ", labels));
    }
    return text;
  }

  private Optional<Occasion> find(String id) {
    try {
      return occasions.find(UUID.fromString(id));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Explanation.Outcome would(
      Occasion occasion, Wanted wanted, PolicyBook book, Instant now) {
    String kind = wanted.kind() == PolicyAction.Kind.PARTS ? "parts_order" : wanted.kind().label();
    if (wanted.kind().told()) {
      String to = wanted.action().to();
      String told =
          to == null && wanted.kind() == PolicyAction.Kind.WEBHOOK ? Plan.happening(occasion) : to;
      return outcome(wanted, kind, "told", null, "to " + (told == null ? "dispatcher" : told));
    }
    Grouping group = new Grouping(occasion.tenant(), occasion.assetKey(), occasion.family(), kind);
    Optional<ActionRows.There> there =
        rows.underWay(
            occasion,
            group,
            wanted.action().role(),
            group.since(wanted.action().groupFor(), occasion, now));
    if (there.isPresent()) {
      return outcome(wanted, kind, "joined", there.get(), "");
    }
    Instant today = book.calendar().dayOf(now);
    Optional<DayLimit> limit =
        book.limits().stream()
            .filter(l -> l.kind().equals(kind))
            .filter(l -> rows.madeSince(l, occasion.assetKey(), today) >= l.most())
            .findFirst();
    List<String> reasons = new ArrayList<>(wanted.reasons());
    limit.ifPresent(l -> reasons.add("the limit of " + l.words() + " is reached"));
    boolean held = wanted.held() || limit.isPresent();
    return outcome(wanted, kind, held ? "held" : "planned", null, String.join("; ", reasons));
  }

  private static Explanation.Outcome outcome(
      Wanted wanted, String kind, String outcome, ActionRows.@Nullable There there, String reason) {
    return new Explanation.Outcome(
        wanted.policy(),
        kind,
        outcome,
        there == null ? null : there.id(),
        there == null ? null : there.externalIdentifier(),
        wanted.priority(),
        reason,
        wanted.downgraded(),
        outcome.equals("held") ? wanted.until() : null);
  }

  /**
   * {@code {policy?, from?, to?}}: the events of that time, the last thirty days unless said
   * otherwise, by those in force with the draft in its place; beside what was really done.
   */
  public PolicyReplay.Report replay(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("policy", "from", "to"));
    Policy draft = draft(fields);
    Instant now = Instant.now();
    Instant to = Optional.ofNullable(fields.optionalInstant("to")).filter(now::isAfter).orElse(now);
    Instant from = Optional.ofNullable(fields.optionalInstant("from")).orElse(to.minus(MONTH));
    if (!from.isBefore(to)) {
      throw ProblemException.badField("from", "must be before to, and not in the future");
    }
    if (Duration.between(from, to).compareTo(LONGEST) > 0) {
      throw ProblemException.badField("from", "is more than 92 days before to");
    }
    if (!room.tryAcquire()) {
      throw ProblemException.tooMany("a replay is running already", Duration.ofSeconds(10));
    }
    try {
      PolicyBook book = policies.book(CallerContext.current().tenant());
      PolicyBook tried = draft == null ? book : book.with(replaced(book.policies(), draft));
      PolicyReplay replay = new PolicyReplay(tried, from, to);
      Occasion last = null;
      int looked = 0;
      List<Occasion> page = occasions.between(from, to, last, PAGE);
      while (!page.isEmpty() && looked < MOST_EVENTS) {
        looked += page.size();
        last = page.get(page.size() - 1);
        replay.take(
            page,
            reallyDone.of(page.stream().map(e -> Objects.requireNonNull(e.event())).toList()));
        page = occasions.between(from, to, last, PAGE);
      }
      return replay.report(
          page.isEmpty() ? "" : "the first " + MOST_EVENTS + " events were looked at");
    } finally {
      room.release();
    }
  }
}
