package io.caravanhub.hub.kafka;

import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.role.HubRoles;
import io.caravanhub.hub.settings.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Looks every two seconds whether Kafka is there and its topics as they should be; lets messages in
 * and starts the consumers of the pipeline's role when they are. Its state is told in the log when
 * it changes.
 */
@Component
@ConditionalOnProperty("hub.kafka.enabled")
class KafkaWatch implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaWatch.class);
  private static final int PERIOD_MILLIS = 2_000;
  private static final int ANSWER_MILLIS = 4_000;
  private static final int STOP_MILLIS = 2_000;
  private static final long TOPICS_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long GROUPS_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Longer than a question takes that fails and is asked again: to join the groups anew costs. */
  private static final Duration UNANSWERED = Duration.ofSeconds(7);

  /** Routes that take records; they wait for the topics, which a consumer would make itself. */
  private static final List<String> TAKING = List.of("take-normalized", "take-raw");

  /** Alerts of TLS, which are the broker's word; what the hub finds wrong itself is no alert. */
  private static final Pattern OF_OUR_CERTIFICATE =
      Pattern.compile("fatal alert: \\w*(certificate|unknown_ca)");

  private final CamelContext camel;
  private final KafkaAccess access;
  private final KafkaState state;
  private final TopicCheck topics;
  private final PollFailures failures;
  private final KafkaLag lag;
  private final HubRoles roles;
  private final HubLeases leases;
  private @Nullable ScheduledExecutorService thread;
  private @Nullable Admin admin;
  private boolean topicsFit;
  private long lookedAt;
  private long groupsLookedAt;
  private @Nullable String closed;
  private @Nullable String told = "nothing yet";
  private @Nullable String toldWithheld;

  KafkaWatch(
      CamelContext camel,
      KafkaAccess access,
      KafkaState state,
      TopicCheck topics,
      PollFailures failures,
      KafkaLag lag,
      HubRoles roles,
      HubLeases leases) {
    this.leases = leases;
    this.failures = failures;
    this.lag = lag;
    this.roles = roles;
    this.camel = camel;
    this.access = access;
    this.state = state;
    this.topics = topics;
  }

  private void look() {
    String reason;
    try {
      reason = ask();
    } catch (InterruptedException e) {
      return;
    } catch (Exception | LinkageError e) {
      reason = "Kafka at " + access.brokers() + " " + why(e);
    }
    if (reason == null) {
      state.up();
      take(true);
      lookAtLag();
    } else {
      state.down(reason);
      take(false);
      lag.unknown();
    }
    if (!Objects.equals(reason, told)) {
      told = reason;
      if (reason == null) {
        LOG.info("Kafka at {} is there", access.brokers());
      } else {
        LOG.warn("{}; until then nothing is taken in", reason);
      }
    }
  }

  private void lookAtLag() {
    Admin client = admin;
    if (client == null || !roles.has(Role.PIPELINE)) {
      return;
    }
    try {
      lag.look(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stops the consumers while this hub is to take nothing.
   *
   * @param mayStart starts them otherwise
   */
  private void take(boolean mayStart) {
    state.withhold(closed, left());
    String why = state.withheld();
    try {
      if (why != null) {
        stopTaking();
      } else if (mayStart) {
        startTaking();
      }
    } catch (RuntimeException e) {
      LOG.warn("Kafka's consumers do not start and are tried again: {}", e.getMessage());
    }
    if (!Objects.equals(why, toldWithheld)) {
      toldWithheld = why;
      if (why == null) {
        LOG.info("The hub takes what comes from Kafka again");
      } else {
        LOG.warn("{}; until then what comes in is kept in Kafka and not stored by this hub", why);
      }
    }
  }

  /**
   * Why its partitions are left to other hubs, which may reach the database; null when they are
   * not. A hub that is alone keeps them, and goes on without joining the groups anew.
   */
  private @Nullable String left() {
    return !roles.has(Role.PIPELINE)
            || leases.isAlone()
            || leases.unanswered().compareTo(UNANSWERED) < 0
        ? null
        : "the database does not answer this hub, which leaves its partitions to others";
  }

  /** What there is to say of brokers that failed so, after their address. */
  static String why(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    String said = TopicCheck.said(failure);
    if (cause instanceof SslAuthenticationException) {
      if (OF_OUR_CERTIFICATE.matcher(said).find()) {
        return "refuses the hub's certificate, or asks for one, see HUB_KAFKA_KEYSTORE: " + said;
      }
      return "and the hub do not trust each other, see HUB_KAFKA_TRUSTSTORE: " + said;
    }
    if (cause instanceof AuthenticationException) {
      return "refuses the hub's user, see HUB_KAFKA_USER and its password: " + said;
    }
    return "does not answer"
        + (cause instanceof TimeoutException
                || cause instanceof org.apache.kafka.common.errors.TimeoutException
            ? " within " + ANSWER_MILLIS / 1_000 + " s"
            : ": " + said);
  }

  /** Null when all is well. */
  private @Nullable String ask() throws Exception {
    Admin client = admin;
    if (client == null) {
      Map<String, Object> properties = access.properties();
      properties.put("default.api.timeout.ms", ANSWER_MILLIS);
      properties.put("request.timeout.ms", ANSWER_MILLIS);
      client = Admin.create(properties);
      admin = client;
    }
    if (client.describeCluster().nodes().get(ANSWER_MILLIS, TimeUnit.MILLISECONDS).isEmpty()) {
      return "Kafka at " + access.brokers() + " has no broker";
    }
    String problem = null;
    if (!topicsFit || System.nanoTime() - lookedAt > TOPICS_NANOS) {
      topicsFit = false;
      problem = topics.problem(client);
      topicsFit = problem == null;
      lookedAt = System.nanoTime();
    }
    if (problem == null && roles.has(Role.PIPELINE)) {
      lookAtGroups(client);
    }
    return problem;
  }

  private void lookAtGroups(Admin client) throws InterruptedException {
    // A poll that failed may have for want of a right.
    if (closed == null
        && failures.canContinue()
        && groupsLookedAt != 0
        && System.nanoTime() - groupsLookedAt < GROUPS_NANOS) {
      return;
    }
    try {
      closed = GroupCheck.problem(client);
      groupsLookedAt = System.nanoTime();
    } catch (ExecutionException | TimeoutException e) {
      // Their coordinator may be on its way to another broker; that closes nothing.
      LOG.debug("The consumer groups cannot be looked at", e);
    }
  }

  private void startTaking() {
    if (!roles.has(Role.PIPELINE)) {
      return;
    }
    if (!failures.canContinue()) {
      stopTaking();
    }
    for (String route : TAKING) {
      if (camel.getRouteController().getRouteStatus(route) == ServiceStatus.Stopped) {
        try {
          camel.getRouteController().startRoute(route);
        } catch (Exception e) {
          LOG.warn("The route {} does not start and is tried again: {}", route, e.getMessage());
        }
      }
    }
  }

  private void stopTaking() {
    // At once, in both routes: they are stopped one after the other.
    failures.end();
    try {
      for (String route : TAKING) {
        ServiceStatus status = camel.getRouteController().getRouteStatus(route);
        if (status != null && status != ServiceStatus.Stopped) {
          camel.getRouteController().stopRoute(route);
        }
      }
      failures.forget();
    } catch (Exception e) {
      LOG.warn("Kafka's consumers do not stop: {}", e.getMessage());
    }
  }

  @Override
  public void start() {
    ScheduledExecutorService made =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread watch = new Thread(task, "kafka-watch");
              watch.setDaemon(true);
              return watch;
            });
    made.scheduleWithFixedDelay(this::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    thread = made;
  }

  @Override
  public void stop() {
    ScheduledExecutorService running = thread;
    thread = null;
    if (running != null) {
      running.shutdownNow();
      giveUp(running);
    }
    Admin client = admin;
    admin = null;
    if (client != null) {
      client.close(Duration.ofSeconds(1));
    }
  }

  /**
   * Gives the partitions up, first of all and while what was taken can still be dealt with: other
   * hubs wait for them. Of what cannot be dealt with at once they get the rest.
   */
  private void giveUp(ScheduledExecutorService ended) {
    try {
      // What it starts now would not be stopped.
      ended.awaitTermination(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    CompletableFuture.delayedExecutor(STOP_MILLIS, TimeUnit.MILLISECONDS)
        .execute(() -> state.withhold(null, "the hub stops"));
    stopTaking();
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  /** With the route files. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
