package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.CloudPoll;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.PollSink;
import io.caravanhub.testkit.cloud.FakeCloud;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.cloud.Script;
import io.caravanhub.testkit.golden.GoldenCase;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Polls a connector's cloud as its script plays it, with something wrong or nothing. */
public final class PollTrial {
  static final Instant NOW = Instant.ofEpochMilli(GoldenCase.RECEIVED);
  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration IMPATIENT = Duration.ofMillis(250);

  private final Cloud cloud;
  private final Script script;

  /**
   * What a round did.
   *
   * @param state as it was kept last
   * @param failure why it was not finished, or null
   */
  public record Round(
      List<Fetched> answers,
      Map<String, String> state,
      Map<String, String> credentials,
      @Nullable RuntimeException failure,
      List<String> calls,
      List<String> unexpected) {
    long parts() {
      return answers.stream().mapToLong(a -> a.parts().size()).sum();
    }
  }

  PollTrial(ConnectorFolder connector) throws IOException {
    this(CloudFile.read(connector.path().resolve(CloudFile.NAME)), Script.read(connector.path()));
  }

  private PollTrial(Cloud cloud, Script script) {
    this.cloud = cloud;
    this.script = script;
  }

  /** A connector against a script that is not in its folder. */
  public static PollTrial of(ConnectorFolder connector, Script script) {
    return new PollTrial(CloudFile.read(connector.path().resolve(CloudFile.NAME)), script);
  }

  /** One poll of a cloud that is well. */
  public Round round() throws IOException {
    return round(Fault.NONE, Map.of());
  }

  Cloud cloud() {
    return cloud;
  }

  Script script() {
    return script;
  }

  /** The same with every list in every answer empty. */
  PollTrial emptied() {
    return new PollTrial(cloud, script.emptied());
  }

  /** The same with every answer changed. */
  PollTrial edited(UnaryOperator<JsonNode> change) {
    return new PollTrial(cloud, script.edited(change));
  }

  Round round(Fault fault, Map<String, String> state) throws IOException {
    return round(fault, state, NOW);
  }

  /** One poll at a time of the hub's clock. */
  Round round(Fault fault, Map<String, String> state, Instant now) throws IOException {
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    try (FakeCloud fake = new FakeCloud(script, fault)) {
      Map<String, String> credentials = new HashMap<>(script.settings());
      credentials.putAll(script.credentials());
      // A connector that asks a local box takes its address from the settings.
      credentials.replaceAll((n, v) -> v.replace("$origin", fake.origin()));
      List<Fetched> answers = new ArrayList<>();
      Map<String, String> kept = new TreeMap<>(state);
      RuntimeException failure = null;
      try {
        new CloudPoll(
                cloud.at(fake.origin()),
                access(credentials),
                new CloudHttp(fault == Fault.SILENT ? IMPATIENT : PATIENT),
                clock,
                time -> {})
            .run(state, sink(answers, kept));
      } catch (RuntimeException e) {
        failure = e;
      }
      return new Round(answers, kept, credentials, failure, fake.calls(), fake.unexpected());
    }
  }

  private static PollSink sink(List<Fetched> answers, Map<String, String> kept) {
    return new PollSink() {
      @Override
      public void take(Fetched fetched) {
        answers.add(fetched);
      }

      @Override
      public void progress(Map<String, String> state) {
        kept.clear();
        kept.putAll(state);
      }
    };
  }

  private static CloudAccess access(Map<String, String> credentials) {
    return new CloudAccess() {
      @Override
      public @Nullable String value(String name) {
        return credentials.get(name);
      }

      @Override
      public void renew(Map<String, String> renewed) {
        credentials.putAll(renewed);
      }
    };
  }
}
