package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.PollReport;
import io.caravanhub.core.cloud.PollSink;
import io.caravanhub.core.stream.StreamPlan;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.Leases.Lease;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.camel.Header;
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
  private final StreamParts parts;
  private final Duration wait;

  ConnectionTrial(
      ConnectionRows rows,
      ConnectionSecrets secrets,
      ConnectorCatalog connectors,
      Leases leases,
      ConnectionPoll poll,
      StreamParts parts,
      @Value("${hub.connections.listen:PT5S}") Duration wait) {
    this.rows = rows;
    this.secrets = secrets;
    this.connectors = connectors;
    this.leases = leases;
    this.poll = poll;
    this.parts = parts;
    this.wait = wait;
  }

  /** {@code {ok, requests, devices, reason?, messages?}}. */
  public Map<String, Object> test(@Header("connectionId") String id) {
    UUID key = ConnectionCalls.id(id);
    Connection connection =
        rows.find(key).orElseThrow(() -> ProblemException.notFound("connection", id));
    StreamPlan stream = connectors.find(connection.oem()).map(Connector::stream).orElse(null);
    if (stream != null) {
      return listen(connection, stream);
    }
    Cloud cloud = connectors.find(connection.oem()).map(Connector::cloud).orElse(null);
    if (cloud == null) {
      boolean secret = secrets.open(connection).containsKey("secret");
      return answer(secret, 0, Set.of(), secret ? null : "it has no secret: nobody is let in");
    }
    // Under the lease: two who renew one token at the same time may both lose it.
    Lease lease =
        leases
            .take(connection)
            .orElseThrow(
                () -> ProblemException.conflict("connectionId", "it is being polled; try again"));
    Seen seen = new Seen();
    try {
      Connection held = rows.find(key).orElse(connection);
      PollReport report = poll.poll(lease, held, ConnectionPoll.cloudOf(held, cloud), seen);
      return answer(true, report.requests(), seen.devices, null);
    } catch (CloudException e) {
      return answer(false, 0, seen.devices, e.reason());
    } catch (SecretException e) {
      return answer(false, 0, seen.devices, String.valueOf(e.getMessage()));
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
            : new Lease(connection.tenant(), connection.id(), connection.epoch());
    try {
      StreamTrial.Heard heard = StreamTrial.run(stream, parts, lease, connection, wait);
      CloudException failure = heard.failure();
      Map<String, Object> answer =
          answer(
              failure == null,
              1,
              heard.devices(),
              failure != null
                  ? failure.reason()
                  : heard.messages() == 0 ? "connected; no message came meanwhile" : null);
      answer.put("messages", heard.messages());
      return answer;
    } catch (SecretException e) {
      return answer(false, 0, Set.of(), String.valueOf(e.getMessage()));
    } finally {
      if (renews) {
        leases.postpone(lease, connection.nextPoll());
      }
    }
  }

  private static Map<String, Object> answer(
      boolean ok,
      int requests,
      Set<String> devices,
      @org.jspecify.annotations.Nullable String why) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ok", ok);
    answer.put("requests", requests);
    answer.put("devices", devices);
    answer.put("reason", why);
    return answer;
  }

  private static final class Seen implements PollSink {
    private final Set<String> devices = new TreeSet<>();

    @Override
    public void take(Fetched fetched) {
      fetched.parts().stream().map(p -> p.device()).filter(d -> !d.isEmpty()).forEach(devices::add);
    }

    @Override
    public void progress(Map<String, String> state) {
      // A test moves no watermark.
    }
  }
}
