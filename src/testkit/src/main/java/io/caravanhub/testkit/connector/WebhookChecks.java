package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.SignatureException;
import io.caravanhub.core.webhook.WebhookScheme;
import io.caravanhub.testkit.golden.GoldenCase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Checks of a connector whose cloud pushes: who is let in, and what bad bodies come to. */
final class WebhookChecks {
  static final String SECRET = "c2VjcmV0LW9mLXRoZS1raXQ=";
  private static final Instant NOW = Instant.ofEpochMilli(GoldenCase.RECEIVED);

  private final ConnectorFolder connector;
  private final RouteTrial routes;

  WebhookChecks(ConnectorFolder connector, RouteTrial routes) {
    this.connector = connector;
    this.routes = routes;
  }

  List<Finding> findings() throws Exception {
    List<Finding> findings = new ArrayList<>();
    for (Finding.Check check :
        List.<Finding.Check>of(this::signature, this::bodies, this::again, this::order)) {
      findings.add(Finding.timed(check));
    }
    return findings;
  }

  private Finding signature() throws IOException {
    List<String> problems = new ArrayList<>();
    WebhookScheme scheme = null;
    try {
      scheme = scheme(connector);
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (scheme == null) {
      problems.add("it declares no signature: nobody is let in");
      return new Finding(Grade.SILVER, "auth", "", problems);
    }
    byte[] body = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
    String at = timestamp(scheme, NOW);
    String proof = Proofs.of(scheme, SECRET, at, body, NOW);
    accepts(problems, "a good signature", scheme, proof, at, body, NOW, true);
    accepts(problems, "no signature", scheme, "", at, body, NOW, false);
    String others = Proofs.of(scheme, "b3RoZXI=", at, body, NOW);
    accepts(problems, "another's secret", scheme, others, at, body, NOW, false);
    if (Proofs.coverTheBody(scheme)) {
      byte[] other = "{\"a\":2}".getBytes(StandardCharsets.UTF_8);
      accepts(problems, "a changed body", scheme, proof, at, other, NOW, false);
    }
    if (Proofs.coverTheTime(scheme)) {
      Instant late = NOW.plusSeconds(86_400);
      accepts(problems, "a replay a day later", scheme, proof, at, body, late, false);
      Instant soon = NOW.plusSeconds(30);
      accepts(problems, "a clock 30 s behind the hub's", scheme, proof, at, body, soon, true);
      Instant before = NOW.minusSeconds(30);
      accepts(problems, "a clock 30 s ahead of the hub's", scheme, proof, at, body, before, true);
    }
    if (!scheme.timestampHeader().isEmpty()) {
      Instant yesterday = NOW.minusSeconds(86_400);
      accepts(problems, "a time a day ahead", scheme, proof, at, body, yesterday, false);
    }
    return new Finding(Grade.SILVER, "auth", scheme.kind().name(), problems);
  }

  private static String timestamp(WebhookScheme scheme, Instant at) {
    return Long.toString(scheme.millis() ? at.toEpochMilli() : at.getEpochSecond());
  }

  private static void accepts(
      List<String> problems,
      String what,
      WebhookScheme scheme,
      String proof,
      String timestamp,
      byte[] body,
      Instant now,
      boolean expected) {
    UnaryOperator<String> headers =
        name ->
            name.equals(scheme.header())
                ? proof
                : name.equals(scheme.timestampHeader()) ? timestamp : "";
    boolean let;
    try {
      SignatureCheck.require(scheme, List.of(SECRET), headers, body, now);
      let = true;
    } catch (SignatureException e) {
      let = false;
    }
    if (let != expected) {
      problems.add(what + (let ? " is let in" : " is refused"));
    }
  }

  /** How a connector's cloud proves itself, or null when its kamelet does not say. */
  static @Nullable WebhookScheme scheme(ConnectorFolder connector) throws IOException {
    Path file = connector.path().resolve(connector.name() + "-source.kamelet.yaml");
    Map<?, ?> annotations =
        new ObjectMapper(new YAMLFactory())
            .convertValue(
                new ObjectMapper(new YAMLFactory())
                    .readTree(file.toFile())
                    .at("/metadata/annotations"),
                Map.class);
    return annotations == null ? null : WebhookScheme.read(annotations);
  }

  private Finding bodies() throws IOException {
    List<String> problems = new ArrayList<>();
    List<byte[]> bad = new ArrayList<>();
    for (String text : List.of("", "{", "<html>", "null", "[]", "{}", "[1]", "\"x\"")) {
      bad.add(text.getBytes(StandardCharsets.UTF_8));
    }
    for (byte[] whole : PushedBodies.of(connector).values()) {
      bad.add(Arrays.copyOf(whole, whole.length / 2));
    }
    for (byte[] body : bad) {
      try {
        routes.push(body, connector.name());
      } catch (IllegalStateException e) {
        if (!(e.getCause() instanceof UnusableMessageException)) {
          problems.add(body.length + " bytes that are no event: " + e.getMessage());
        }
      }
    }
    return new Finding(Grade.GOLD, "broken", bad.size() + " bodies that are none", problems);
  }

  /**
   * Deliveries that overtake each other, and come twice, come to the same readings at their times.
   */
  private Finding order() throws IOException {
    List<String> problems = new ArrayList<>();
    Map<String, byte[]> bodies = PushedBodies.of(connector);
    Map<String, List<RouteTrial.Sent>> first = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
      first.put(body.getKey(), routes.push(body.getValue(), connector.name()));
    }
    List<String> backwards = new ArrayList<>(first.keySet());
    Collections.reverse(backwards);
    for (String name : backwards) {
      byte[] body = bodies.getOrDefault(name, new byte[0]);
      if (!routes.push(body, connector.name()).equals(first.get(name))) {
        problems.add(name + ": after a later one it gives something else");
      }
    }
    Set<String> timeless = new TreeSet<>();
    for (List<RouteTrial.Sent> sent : first.values()) {
      for (RouteTrial.Sent one : sent) {
        if (timeless(one)) {
          timeless.add(one.mapping());
        }
      }
    }
    String remark =
        timeless.isEmpty()
            ? "overtaken and repeated"
            : "overtaken and repeated; without a time of measurement: "
                + String.join(", ", timeless);
    return new Finding(Grade.GOLD, "order", remark, problems);
  }

  /** Whether the time of receipt would count for a reading. */
  private boolean timeless(RouteTrial.Sent sent) {
    String own = connector.name() + "/";
    if (!sent.mapping().startsWith(own)) {
      return false;
    }
    try {
      byte[] body = sent.body().getBytes(StandardCharsets.UTF_8);
      String mapping = sent.mapping().substring(own.length());
      List<Reading> now = Reading.of(connector, mapping, sent.device(), body, NOW);
      Instant later = NOW.plusSeconds(3600);
      return !now.isEmpty()
          && !now.equals(Reading.of(connector, mapping, sent.device(), body, later));
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private Finding again() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, byte[]> sample : PushedBodies.of(connector).entrySet()) {
      byte[] body = sample.getValue();
      if (!routes.push(body, connector.name()).equals(routes.push(body, connector.name()))) {
        problems.add(sample.getKey() + ": delivered twice it gives something else");
      }
    }
    return new Finding(Grade.GOLD, "again", "delivered twice", problems);
  }
}
