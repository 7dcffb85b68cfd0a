package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.PollReport;
import io.caravanhub.core.stream.StreamPlan;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.Leases.Lease;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * {@code POST /connections/{c}/test}: asks the cloud once and stores nothing but a renewed token.
 * Thread-safe.
 */
@Component("connectionTrial")
public class ConnectionTrial {
  private final ConnectionRows rows;
  private final ConnectionSecrets secrets;
  private final ConnectorCatalog connectors;
  private final Leases leases;
  private final ConnectionPoll poll;
  private final ConnectorMapping mappings;
  private final StreamParts parts;
  private final Duration wait;

  ConnectionTrial(
      ConnectionRows rows,
      ConnectionSecrets secrets,
      ConnectorCatalog connectors,
      Leases leases,
      ConnectionPoll poll,
      ConnectorMapping mappings,
      StreamParts parts,
      @Value("${hub.connections.listen:PT5S}") Duration wait) {
    this.rows = rows;
    this.secrets = secrets;
    this.connectors = connectors;
    this.leases = leases;
    this.poll = poll;
    this.mappings = mappings;
    this.parts = parts;
    this.wait = wait;
  }

  /**
   * {@code {ok, requests, messages, devices, readings, problems, reason?, way_out?}}; readings are
   * what the mapping makes of the first devices.
   */
  public Map<String, Object> test(@Header("connectionId") String id) {
    UUID key = ConnectionCalls.id(id);
    Connection connection =
        rows.find(key).orElseThrow(() -> ProblemException.notFound("connection", id));
    Connector connector = connectors.find(connection.oem()).orElse(null);
    if (connector == null || connector.problem() != null) {
      return answer(
          0,
          new TrialSink(connection, mappings, () -> {}),
          List.of(),
          "the connector "
              + connection.oem()
              + (connector == null ? " is gone" : " is refused: " + connector.problem()),
          "mend the files of connectors/oem/" + connection.oem());
    }
    StreamPlan stream = connector.stream();
    if (stream != null) {
      return listen(connection, stream);
    }
    Cloud cloud = connector.cloud();
    if (cloud == null) {
      TrialSink seen = new TrialSink(connection, mappings, () -> {});
      boolean secret = secrets.open(connection).containsKey("secret");
      return secret
          ? answer(0, seen, List.of(), null, null)
          : answer(
              0,
              seen,
              List.of(),
              "it has no secret: nobody is let in",
              "enter the secret that is agreed with the OEM");
    }
    // Under the lease: two who renew one token at the same time may both lose it.
    Lease lease =
        leases
            .take(connection)
            .orElseThrow(
                () -> ProblemException.conflict("connectionId", "it is being polled; try again"));
    TrialSink seen = new TrialSink(connection, mappings, () -> leases.hold(lease));
    try {
      Connection held = rows.find(key).orElse(connection).anew();
      PollReport report = poll.poll(lease, held, ConnectionPoll.cloudOf(held, cloud), seen, true);
      return answer(report.requests(), seen, report.problems(), null, null);
    } catch (CloudException e) {
      boolean consent = cloud.auth().consent() != null;
      return answer(0, seen, List.of(), e.reason(), wayOut(e, consent));
    } catch (SecretException e) {
      return sealed(e, seen);
    } finally {
      leases.postpone(lease, connection.nextPoll());
    }
  }

  /** A session of its own beside the one that may be held, which is not disturbed. */
  private Map<String, Object> listen(Connection connection, StreamPlan stream) {
    boolean renews = stream.auth().login() != null;
    Lease lease =
        renews
            ? leases
                .take(connection)
                .orElseThrow(
                    () ->
                        ProblemException.conflict(
                            "connectionId", "it is connected; pause it for a test"))
            : new Lease(
                connection.tenant(), connection.id(), connection.epoch(), System.nanoTime());
    TrialSink seen = new TrialSink(connection, mappings, () -> {});
    try {
      CloudException failure = StreamTrial.run(stream, parts, lease, connection, wait, seen);
      List<String> quiet =
          failure == null && seen.messages() == 0
              ? List.of(
                  stream.drop() == null
                      ? "connected; no message came meanwhile"
                      : "the folder is there; no file with rows is in it")
              : List.of();
      return answer(
          1,
          seen,
          quiet,
          failure == null ? null : failure.reason(),
          failure == null ? null : wayOut(failure, false));
    } catch (SecretException e) {
      return sealed(e, seen);
    } finally {
      if (renews) {
        leases.postpone(lease, connection.nextPoll());
      }
    }
  }

  private static Map<String, Object> sealed(SecretException e, TrialSink seen) {
    return answer(
        0,
        seen,
        List.of(),
        String.valueOf(e.getMessage()),
        "enter the credentials again, or give the hub the key that sealed them");
  }

  /** What a person can do about it. */
  private static String wayOut(CloudException e, boolean consent) {
    return switch (e.kind()) {
      case REFUSED ->
          consent
              ? "give the consent, or enter the credentials of the application anew"
              : "look whether the credentials are right and still valid, and enter them anew";
      case LIMITED ->
          e.notBefore() == null
              ? "wait a while, or poll less often"
              : "try again after " + e.notBefore().truncatedTo(ChronoUnit.SECONDS);
      case UNAVAILABLE ->
          "the cloud or the way to it is down: look at its address, and try again in a while";
      case WRONG ->
          "a setting is absent or wrong, or the cloud has changed: look at the settings and the"
              + " last payloads";
    };
  }

  private static Map<String, Object> answer(
      int requests,
      TrialSink seen,
      List<String> problems,
      @Nullable String why,
      @Nullable String wayOut) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ok", why == null);
    answer.put("requests", requests);
    answer.put("messages", seen.messages());
    answer.put("devices", seen.devices());
    answer.put("readings", seen.readings());
    answer.put("problems", Stream.concat(problems.stream(), seen.problems().stream()).toList());
    answer.put("reason", why);
    answer.put("way_out", wayOut);
    return answer;
  }
}
