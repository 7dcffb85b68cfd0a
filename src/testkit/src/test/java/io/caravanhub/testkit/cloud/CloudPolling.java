package io.caravanhub.testkit.cloud;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.CloudPoll;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.PollReport;
import io.caravanhub.core.cloud.PollSink;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A cloud that is played from a script is polled over real HTTP. */
abstract class CloudPolling {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final String SIMPLE =
      """
      base: https://api.acme.test/v1
      auth: {type: api-key, headers: {X-Api-Key: "{api_key}"}}
      requests:
        - {name: units, path: /units, items: /units, device: "{/id}", mapping: telemetry}
      """;
  static final String SIMPLE_SCRIPT =
      """
      credentials: {api_key: k-1}
      auth: {headers: {X-Api-Key: k-1}}
      calls:
        - {path: /v1/units, answer: {units: [{id: a, t: 1}, {id: b, t: 2}]}}
      """;

  final Map<String, String> credentials = new HashMap<>();
  final List<String> taken = new ArrayList<>();
  final List<String> answered = new ArrayList<>();
  Map<String, String> state = new TreeMap<>();
  RuntimeException refusal;
  int progressBeforeCrash = Integer.MAX_VALUE;

  PollReport poll(String declaration, FakeCloud fake) {
    Cloud cloud = CloudFile.read(declaration).at(fake.origin());
    CloudAccess access =
        new CloudAccess() {
          @Override
          public String value(String name) {
            return credentials.get(name);
          }

          @Override
          public void renew(Map<String, String> renewed) {
            credentials.putAll(renewed);
          }
        };
    PollSink sink =
        new PollSink() {
          @Override
          public void take(Fetched fetched) {
            if (refusal != null) {
              throw refusal;
            }
            fetched.parts().forEach(p -> taken.add(p.device() + " " + p.json()));
          }

          @Override
          public void progress(Map<String, String> moved) {
            if (progressBeforeCrash-- == 0) {
              throw new IllegalStateException("killed");
            }
            state = new TreeMap<>(moved);
          }

          @Override
          public void answered(CloudRequest request, Instant begun) {
            answered.add(request.name());
          }
        };
    return new CloudPoll(
            cloud,
            access,
            new CloudHttp(Duration.ofMillis(800)),
            Clock.fixed(NOW, java.time.ZoneOffset.UTC))
        .run(state, sink);
  }

  FakeCloud cloud(String script, Fault fault) throws IOException {
    Script read = Script.of(script);
    read.credentials().forEach(credentials::putIfAbsent);
    return new FakeCloud(read, fault);
  }

  CloudException failure(Fault fault) throws IOException {
    try (FakeCloud fake = cloud(SIMPLE_SCRIPT, fault)) {
      return catchThrowableOfType(CloudException.class, () -> poll(SIMPLE, fake));
    }
  }
}
