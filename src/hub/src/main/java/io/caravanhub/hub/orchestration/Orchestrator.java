package io.caravanhub.hub.orchestration;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.event.ActionPlanner;
import io.caravanhub.hub.event.RecordedEvent;
import io.caravanhub.hub.notify.Announcer;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Plans actions by the tenant's policies and keeps why. One problem of one asset leads to one
 * action of a kind: while such an action is under way, and for its grouping window, further events
 * join it. Thread-safe, also between processes.
 */
@Component("orchestrator")
public class Orchestrator implements ActionPlanner {
  private final Policies policies;
  private final Occasions occasions;
  private final ActionRows rows;
  private final Explanations explanations;
  private final Announcer announcer;
  private final ApplicationEventPublisher publisher;
  private final String publicUrl;
  private final Duration clearWithin;

  @Autowired
  Orchestrator(
      Policies policies,
      Occasions occasions,
      ActionRows rows,
      Explanations explanations,
      Announcer announcer,
      ApplicationEventPublisher publisher,
      @Value("${hub.public.url:http://127.0.0.1:${hub.http.port:8080}}") String publicUrl,
      @Value("${hub.fsm.clear-within:PT30M}") Duration clearWithin) {
    this.policies = policies;
    this.occasions = occasions;
    this.rows = rows;
    this.explanations = explanations;
    this.announcer = announcer;
    this.publisher = publisher;
    this.publicUrl = publicUrl;
    this.clearWithin = clearWithin;
  }

  /** One that is put together by hand. */
  public Orchestrator(
      JdbcClient jdbc,
      Policies policies,
      Announcer announcer,
      ApplicationEventPublisher publisher,
      String publicUrl) {
    this(
        policies,
        new Occasions(jdbc),
        new ActionRows(jdbc),
        new Explanations(jdbc),
        announcer,
        publisher,
        publicUrl,
        Duration.ofMinutes(30));
  }

  @Override
  public int plan(RecordedEvent event) {
    String cause = event.detection().kind() == Detection.Kind.ESCALATE ? "worse" : "raised";
    return plan(event, cause, null, null);
  }

  /** By one policy alone, for an event that has lasted as long as it wants. */
  int planWaited(RecordedEvent event, String policy) {
    return plan(event, "waited", policy, null);
  }

  /**
   * Only what one policy has to tell, which could not be told before.
   *
   * @param tries how often it has failed
   */
  int tellAgain(RecordedEvent event, String policy, int tries) {
    return plan(event, "waited", policy, tries);
  }

  private int plan(
      RecordedEvent event, String cause, @Nullable String only, @Nullable Integer told) {
    UUID id = event.id();
    Occasion occasion =
        occasions
            .find(id)
            .orElseThrow(() -> new IllegalStateException("the event " + id + " is not recorded"));
    PolicyBook book = policies.book(occasion.tenant());
    Instant now = Instant.now();
    Deliberation deliberation = Deliberation.of(occasion, book, now, occasions, only);
    Plan plan = new Plan(rows, announcer, publicUrl, clearWithin, event, occasion, book, now, told);
    explanations.keep(id, cause, Explanation.of(deliberation, plan.carryOut(deliberation)));
    return plan.moved();
  }

  @Override
  public void committed(String tenant) {
    publisher.publishEvent(new ActionsPlanned(tenant));
  }
}
