package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.CloudPoll;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.cloud.PollReport;
import io.caravanhub.core.cloud.PollSink;
import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.SignatureException;
import io.caravanhub.core.webhook.WebhookScheme;
import io.caravanhub.testkit.cloud.HookListener.Hook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A connector by itself: real questions or real webhooks, its own route and mappings, and no store.
 * Not thread-safe.
 */
public final class DryRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ConnectorFolder connector;
  private final ConnectionSettings settings;
  private final RouteTrial routes;
  private final Listener listener;
  private final @Nullable Cloud cloud;
  private final Map<String, String> state = new TreeMap<>();

  /** Hears what came of it, as it comes. */
  public interface Listener {
    void reading(Reading reading);

    /**
     * Whatever else a mapping told, or why it told nothing.
     *
     * @param what {@code inventory}, {@code fault}, {@code problem}, {@code left}
     */
    void other(String device, String what, Object told);
  }

  /** What one poll or webhook came to. */
  public record Round(int calls, int parts, int readings, boolean good) {}

  /** Counts while a round goes on. */
  private static final class Count {
    private int parts;
    private int readings;
    private boolean bad;
  }

  /**
   * @param against another origin than the connector's, or null
   */
  public DryRun(
      ConnectorFolder connector,
      ConnectionSettings settings,
      @Nullable String against,
      Listener listener)
      throws Exception {
    this.connector = connector;
    this.settings = settings;
    this.listener = listener;
    this.routes = new RouteTrial(connector);
    if (connector.polls()) {
      Cloud declared = CloudFile.read(connector.path().resolve(CloudFile.NAME));
      this.cloud = against == null ? declared : declared.at(against.replaceFirst("/+$", ""));
      if (against != null && declared.base().startsWith("{")) {
        settings.put(declared.base().replaceFirst("^\\{([^}]+)}.*", "$1"), against);
      }
    } else {
      this.cloud = null;
    }
  }

  /** How often the connector asks. */
  public Duration interval() {
    return cloud == null ? Duration.ZERO : cloud.interval();
  }

  /**
   * Polls once; what comes next begins where this ended.
   *
   * @throws io.caravanhub.core.cloud.CloudException when the poll could not be finished
   */
  public Round poll() {
    if (cloud == null) {
      throw new IllegalStateException(connector.name() + " does not poll");
    }
    Count count = new Count();
    PollReport report =
        new CloudPoll(cloud, settings, new CloudHttp(PATIENCE), Clock.systemUTC())
            .run(
                state,
                new PollSink() {
                  @Override
                  public void take(Fetched fetched) {
                    DryRun.this.take(fetched, count);
                  }

                  @Override
                  public void progress(Map<String, String> progress) {
                    state.clear();
                    state.putAll(progress);
                  }
                });
    for (String problem : report.problems()) {
      problem(count, "", problem);
    }
    return new Round(report.requests(), count.parts, count.readings, !count.bad);
  }

  private void take(Fetched fetched, Count count) {
    String mapping = fetched.request().mapping();
    for (Part part : fetched.parts()) {
      count.parts++;
      byte[] body = part.json().toString().getBytes(StandardCharsets.UTF_8);
      if (mapping != null) {
        try {
          List<PartMessage> one =
              List.of(new PartMessage(part.device(), connector.name() + "/" + mapping, body));
          routes.poll(one, connector.name()).forEach(sent -> map(sent, count));
        } catch (IllegalStateException e) {
          problem(count, part.device(), String.valueOf(e.getMessage()));
        }
      }
      tell(fetched.request().inventory(), "inventory", part, body, count);
      tell(fetched.request().faults(), "fault", part, body, count);
    }
  }

  private void tell(@Nullable String mapping, String what, Part part, byte[] body, Count count) {
    if (mapping == null) {
      return;
    }
    try {
      JsonNode told = Reading.output(connector, mapping, part.device(), body, Instant.now());
      if (what.equals("fault")) {
        FaultTexts texts = FaultTexts.of(connector);
        told.path("faults")
            .forEach(fault -> listener.other(part.device(), what, texts.explain(fault)));
      } else {
        listener.other(part.device(), what, told);
      }
    } catch (IOException | RuntimeException e) {
      problem(count, part.device(), mapping + ": " + e.getMessage());
    }
  }

  /** A webhook's body, as the hub hands it on once its signature was checked. */
  public Round push(byte[] body) {
    Count count = new Count();
    try {
      for (RouteTrial.Sent sent : routes.push(body, connector.name())) {
        count.parts++;
        map(sent, count);
      }
    } catch (IllegalStateException e) {
      problem(count, "", String.valueOf(e.getMessage()));
    }
    return new Round(1, count.parts, count.readings, !count.bad);
  }

  /** Whether the secret made a webhook's signature, in words. */
  public String signature(Hook hook, String secret) throws IOException {
    WebhookScheme scheme = WebhookChecks.scheme(connector);
    if (scheme == null) {
      return "not declared: the hub would take no webhooks";
    }
    try {
      SignatureCheck.require(scheme, List.of(secret), hook::header, hook.body(), Instant.now());
      return "good";
    } catch (SignatureException e) {
      return "refused: " + e.getMessage();
    }
  }

  private void map(RouteTrial.Sent sent, Count count) {
    String own = connector.name() + "/";
    if (!sent.mapping().startsWith(own)) {
      listener.other(sent.device(), "left", "mapped as its model calls for, in the hub");
      return;
    }
    try {
      List<Reading> readings =
          Reading.of(
              connector,
              sent.mapping().substring(own.length()),
              sent.device(),
              sent.body().getBytes(StandardCharsets.UTF_8),
              Instant.now());
      readings.forEach(listener::reading);
      count.readings += readings.size();
    } catch (IOException | RuntimeException e) {
      problem(count, sent.device(), sent.mapping() + ": " + e.getMessage());
    }
  }

  private void problem(Count count, String device, String what) {
    count.bad = true;
    listener.other(device, "problem", what);
  }

  @Override
  public void close() {
    routes.close();
  }
}
