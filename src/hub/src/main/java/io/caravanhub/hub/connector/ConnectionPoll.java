package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.CloudPoll;
import io.caravanhub.core.cloud.PollReport;
import io.caravanhub.core.cloud.PollSink;
import io.caravanhub.hub.connector.Leases.Lease;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;

/** One poll of one connection, from its lease to the word on how it went. Thread-safe. */
@Component
class ConnectionPoll {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionPoll.class);

  private final ConnectionRows rows;
  private final ConnectionSecrets secrets;
  private final CredentialRenewals renewals;
  private final ConnectorCatalog connectors;
  private final Leases leases;
  private final CloudBreakers breakers;
  private final CloudLimits limits;
  private final AnswerSinks sinks;
  private final LastPayloads payloads;
  private final MeterRegistry meters;
  private final CloudHttp http;
  private final Clock clock = Clock.systemUTC();

  ConnectionPoll(
      ConnectionRows rows,
      ConnectionSecrets secrets,
      CredentialRenewals renewals,
      ConnectorCatalog connectors,
      Leases leases,
      CloudBreakers breakers,
      CloudLimits limits,
      AnswerSinks sinks,
      LastPayloads payloads,
      MeterRegistry meters,
      @Value("${hub.connections.deadline:PT30S}") Duration deadline) {
    this.rows = rows;
    this.secrets = secrets;
    this.renewals = renewals;
    this.connectors = connectors;
    this.leases = leases;
    this.breakers = breakers;
    this.limits = limits;
    this.sinks = sinks;
    this.payloads = payloads;
    this.meters = meters;
    this.http = new CloudHttp(deadline);
  }

  /** Polls as the tenant in force; what fails is noted and comes again. */
  void run(Lease lease) {
    Connection connection = rows.find(lease.connection()).orElseThrow(LeaseLostException::new);
    Connector connector = connectors.find(connection.oem()).orElse(null);
    if (connector == null || connector.cloud() == null || connector.problem() != null) {
      String problem = connector == null ? "its connector is gone" : connector.problem();
      fail(lease, connection, Duration.ofMinutes(5), null, problem == null ? "" : problem, 0);
      return;
    }
    Cloud cloud = cloudOf(connection, connector.cloud());
    Duration every = connection.every() == null ? cloud.interval() : connection.every();
    ConnectionAccess access;
    try {
      access = access(lease, connection);
    } catch (SecretException e) {
      fail(lease, connection, every, null, String.valueOf(e.getMessage()), 0);
      return;
    }
    byte[] limit = limits.key(connection, cloud, access::value);
    Instant blocked = limits.blocked(limit).orElse(null);
    if (blocked != null) {
      // Those who share the limit do not all come back at the same moment.
      leases.postpone(lease, blocked.plusMillis(ThreadLocalRandom.current().nextLong(5_000)));
      count(connection, "waited");
      return;
    }
    if (!breakers.mayAsk(connection, cloud)) {
      leases.postpone(lease, clock.instant().plus(CloudBreakers.REST));
      count(connection, "open");
      return;
    }
    AnswerSink sink = sinks.open(lease, connection, cloud);
    Instant begun = clock.instant();
    try {
      PollReport report = round(connection, cloud, access, sink, false);
      breakers.answered(connection, cloud);
      Instant until = report.notBefore();
      if (until != null) {
        limits.block(limit, connection.oem(), until);
      }
      sink.finish();
      succeed(lease, connection, every, report, sink, begun);
    } catch (CloudException e) {
      if (e.kind() == CloudException.Kind.UNAVAILABLE) {
        breakers.failed(connection, cloud);
      } else {
        breakers.answered(connection, cloud);
      }
      Instant next = fail(lease, connection, every, e, e.reason(), sink.parts());
      if (e.kind() == CloudException.Kind.LIMITED) {
        Instant until = e.notBefore();
        limits.block(limit, connection.oem(), until == null ? next : until);
      }
    } catch (NotCommittedException e) {
      breakers.answered(connection, cloud);
      LOG.warn("connection {}: {}", connection.name(), e.reason());
      fail(lease, connection, every, null, e.reason(), sink.parts());
    } catch (LeaseLostException
        | DataAccessResourceFailureException
        | TransientDataAccessException e) {
      // A breaker that is told nothing would wait for this poll's word for ever.
      breakers.notAsked(connection, cloud);
      throw e;
    } catch (RuntimeException e) {
      breakers.notAsked(connection, cloud);
      // Its message is not repeated: it may hold an address with a key in it.
      String fault = e.getClass().getSimpleName();
      LOG.error("connection {}: {} at {}", connection.name(), fault, List.of(e.getStackTrace()));
      fail(
          lease,
          connection,
          every,
          null,
          "a fault of the hub (" + fault + "), see its log",
          sink.parts());
    }
  }

  /** One round with the credentials of the connection, whose renewals are kept at once. */
  PollReport poll(Lease lease, Connection connection, Cloud cloud, PollSink sink, boolean trial) {
    return round(connection, cloud, access(lease, connection), sink, trial);
  }

  private PollReport round(
      Connection connection, Cloud cloud, ConnectionAccess access, PollSink sink, boolean trial) {
    return new CloudPoll(cloud, access, http, clock)
        .run(connection.position(), payloads.beside(connection.id(), access, sink, trial));
  }

  private ConnectionAccess access(Lease lease, Connection connection) {
    Map<String, String> credentials = secrets.open(connection);
    return new ConnectionAccess(
        connection.settings(),
        credentials,
        renewed -> renewals.keep(lease, connection, credentials, renewed));
  }

  /** The setting {@code base_url} puts a proxy, or a test, in the cloud's place. */
  static Cloud cloudOf(Connection connection, Cloud cloud) {
    String other = connection.settings().get("base_url");
    return other == null ? cloud : cloud.at(other);
  }

  private void succeed(
      Lease lease,
      Connection connection,
      Duration every,
      PollReport report,
      AnswerSink sink,
      Instant begun) {
    Instant next =
        PollSchedule.afterSuccess(
            connection.id(), connection.nextPoll(), every, report.notBefore(), clock.instant());
    List<String> remarks = new ArrayList<>(report.problems());
    long letters = sink.parts() == 0 ? 0 : rows.lettersSince(connection, begun);
    if (letters > 0) {
      remarks.add(letters + " messages are dead letters, which say why");
    }
    String partly = remarks.isEmpty() ? null : String.join("; ", remarks);
    leases.done(lease, next, report.requests(), sink.parts(), false, partly);
    if (partly != null) {
      LOG.info("connection {}: {}", connection.name(), partly);
    }
    count(connection, "ok");
    meters.counter("hub.polls.requests", "oem", connection.oem()).increment(report.requests());
    meters.counter("hub.polls.messages", "oem", connection.oem()).increment(sink.parts());
  }

  private Instant fail(
      Lease lease,
      Connection connection,
      Duration every,
      @Nullable CloudException cause,
      String reason,
      long messages) {
    Instant next =
        PollSchedule.afterFailure(
            connection.failures(),
            cause == null ? CloudException.Kind.UNAVAILABLE : cause.kind(),
            cause == null ? null : cause.notBefore(),
            every,
            clock.instant());
    leases.done(lease, next, 0, messages, true, reason);
    if (connection.failures() == 0) {
      LOG.warn("connection {} with {}: {}", connection.name(), connection.oem(), reason);
    }
    count(connection, cause == null ? "failed" : cause.kind().name().toLowerCase(Locale.ROOT));
    return next;
  }

  private void count(Connection connection, String outcome) {
    meters.counter("hub.polls", "oem", connection.oem(), "outcome", outcome).increment();
  }
}
