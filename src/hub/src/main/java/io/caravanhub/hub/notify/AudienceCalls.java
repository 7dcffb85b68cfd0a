package io.caravanhub.hub.notify;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The calls of the API for audiences and their escalations. Thread-safe. */
@Component("audiences")
public class AudienceCalls {
  private static final int STEPS = 20;
  private static final int DAY = 1_440;

  private final AudienceRows rows;
  private final RecipientRows recipients;
  private final ChannelRows channels;
  private final JdbcClient jdbc;
  private final Audit audit;

  AudienceCalls(
      AudienceRows rows,
      RecipientRows recipients,
      ChannelRows channels,
      JdbcClient jdbc,
      Audit audit) {
    this.rows = rows;
    this.recipients = recipients;
    this.channels = channels;
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /** {@code GET /audiences}. */
  public Page<Audience> list() {
    return new Page<>(rows.all(), null);
  }

  /** {@code GET /audiences/{a}}. */
  public Audience get(@Header("audienceId") String id) {
    return rows.find(Ids.key("audience", id))
        .orElseThrow(() -> ProblemException.notFound("audience", id));
  }

  /** {@code POST /audiences}. */
  @Transactional
  public Audience create(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.text("name");
    return save(new Audience(UUID.randomUUID(), "", List.of(), 0), fields, null);
  }

  /** {@code PATCH /audiences/{a}}: what is named is changed. */
  @Transactional
  public Audience update(@Header("audienceId") String id, @Body byte @Nullable [] body) {
    Audience before = get(id);
    return save(before, Fields.of(body), before);
  }

  /** {@code DELETE /audiences/{a}}: as it was. */
  @Transactional
  public Audience delete(@Header("audienceId") String id) {
    Audience before = get(id);
    rows.delete(before.id());
    audit.record("audience.delete", "audience:" + id, before, null);
    return before;
  }

  private Audience save(Audience before, Fields fields, @Nullable Audience was) {
    fields.only(List.of("name", "steps", "repeats"));
    Integer repeats = fields.optionalCount("repeats", 0, 10);
    Audience after =
        new Audience(
            before.id(),
            fields.text("name", before.name()),
            fields.has("steps") ? steps(fields.list("steps")) : before.steps(),
            repeats == null ? before.repeats() : repeats);
    if (after.steps().isEmpty()) {
      throw ProblemException.badField("steps", "expected one step or more");
    }
    try {
      rows.save(after);
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict("name", "there is an audience of this name already");
    }
    audit.record(
        was == null ? "audience.create" : "audience.update", "audience:" + after.id(), was, after);
    return after;
  }

  private List<Audience.Step> steps(List<?> given) {
    List<Audience.Step> steps;
    try {
      steps = RecipientRows.read(RecipientRows.write(given), AudienceRows.STEPS);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField(
          "steps",
          "expected objects of after_minutes, recipients, roles, channels and via: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    if (steps.size() > STEPS) {
      throw ProblemException.badField("steps", "expected at most " + STEPS);
    }
    Set<String> people = recipients.all().stream().map(Recipient::name).collect(Collectors.toSet());
    Set<String> places =
        channels.all().stream()
            .filter(c -> !c.kind().isPersonal() || c.kind() == ChannelKind.IN_APP)
            .map(Channel::name)
            .collect(Collectors.toSet());
    for (int i = 0; i < steps.size(); i++) {
      Audience.Step step = steps.get(i);
      String field = "steps/" + i;
      known(field + "/recipients", step.recipients(), people, "recipient");
      known(field + "/channels", step.channels(), places, "channel that is one place");
      step.via().forEach(v -> ChannelKind.of(field + "/via", v));
      if (step.afterMinutes() < 0 || step.afterMinutes() > DAY) {
        throw ProblemException.badField(
            field + "/after_minutes", "expected a whole number from 0 to " + DAY);
      }
      if (step.recipients().isEmpty() && step.roles().isEmpty() && step.channels().isEmpty()) {
        throw ProblemException.badField(field, "expected recipients, roles or channels");
      }
    }
    return steps;
  }

  private static void known(String field, Set<String> given, Set<String> known, String what) {
    for (String name : given) {
      if (!known.contains(name)) {
        throw ProblemException.badField(field, "there is no " + what + " \"" + name + "\"");
      }
    }
  }

  /** {@code GET /escalations}: those that go on, then those that ended, newest first. */
  public Page<Map<String, Object>> escalations(@Header("limit") @Nullable String limit) {
    return new Page<>(
        jdbc
            .sql(
                """
                select id, event_id, audience, policy, urgent, step, case when ended_at is null then due_at end as next_at, ended_at, reason,
                       created_at from escalations order by ended_at is not null, created_at desc limit ?\
                """)
            .params(Page.limit(limit))
            .query()
            .listOfRows()
            .stream()
            .map(Rows::plain)
            .toList(),
        null);
  }
}
