package io.caravanhub.testkit.record;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.CloudPoll;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.PollSink;
import io.caravanhub.core.cloud.Template;
import io.caravanhub.testkit.connector.ConnectionSettings;
import io.caravanhub.testkit.connector.ConnectorFolder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One real poll of a connector's cloud, written as samples. Belongs to one thread. */
public final class PollRecording {
  private final ConnectorFolder connector;
  private final ConnectionSettings settings;
  private final Cloud cloud;
  private final String address;

  /**
   * @param against another origin than the connector's, or null
   */
  public PollRecording(
      ConnectorFolder connector, ConnectionSettings settings, @Nullable String against) {
    this.connector = connector;
    this.settings = settings;
    Cloud declared = CloudFile.read(connector.path().resolve(CloudFile.NAME));
    this.cloud = against == null ? declared : declared.at(against.replaceFirst("/+$", ""));
    // The address of a box in the local network is a setting.
    this.address =
        cloud.base().startsWith("{") ? cloud.base().replaceAll("^\\{([^}]+)}.*", "$1") : "";
    if (against != null && !address.isEmpty()) {
      settings.put(address, against);
    }
  }

  /**
   * Polls once and writes what was answered.
   *
   * @param most parts of one request that become samples
   * @throws CloudException when the cloud did not answer
   * @throws IOException when samples are there already and may not be replaced
   */
  public SampleFiles.Written record(int most, boolean replace) throws IOException {
    SampleFiles files = new SampleFiles(connector, replace);
    Map<String, String> secrets = secrets();
    List<Exchange> heard;
    String there = settings.value(address);
    try (Relay relay = new Relay(cloud, settings::value)) {
      if (there != null) {
        settings.put(address, there.replaceFirst("^https?://[^/]+", relay.origin()));
      }
      new CloudPoll(
              cloud.at(relay.origin()),
              settings,
              new CloudHttp(Duration.ofSeconds(40)),
              Clock.systemUTC())
          .run(Map.of(), NOTHING_KEPT);
      heard = relay.exchanges();
    } finally {
      if (there != null) {
        settings.put(address, there);
      }
    }
    secrets.putAll(secrets());
    Masking masking = new Masking(Mechanism.words(connector), secrets);
    List<Exchange> useful =
        heard.stream().filter(e -> e.status() / 100 == 2 || e.status() == 404).toList();
    useful.stream().filter(e -> !e.login()).forEach(e -> masking.learn(e.answer()));
    Map<String, Object> script = new LinkedHashMap<>();
    script.putAll(who());
    script.put("calls", calls(useful, masking));
    return files.write(script, masking, secrets, most);
  }

  private static final PollSink NOTHING_KEPT =
      new PollSink() {
        @Override
        public void take(io.caravanhub.core.cloud.Fetched fetched) {}

        @Override
        public void progress(Map<String, String> state) {}
      };

  /** What stands in for each credential, by its value. */
  private Map<String, String> secrets() {
    Map<String, String> secrets = new LinkedHashMap<>();
    settings
        .values()
        .forEach(
            (name, value) -> {
              if (settings.isSecret(name) || name.matches("user(name)?|client_id|e?mail")) {
                secrets.put(value, standIn(name));
              }
            });
    return secrets;
  }

  private static String standIn(String name) {
    return name.replace('_', '-') + "-of-the-test";
  }

  /** Settings, credentials, and what must be in every call of the scripted cloud. */
  private Map<String, Object> who() {
    Map<String, String> plain = new LinkedHashMap<>();
    Map<String, String> given = new LinkedHashMap<>();
    settings
        .values()
        .forEach(
            (name, value) -> {
              if (name.matches("access_token.*")) {
                return;
              }
              boolean stands =
                  settings.isSecret(name) || name.matches("user(name)?|client_id|e?mail");
              (stands ? given : plain)
                  .put(
                      name,
                      stands ? standIn(name) : value.replaceFirst("^https?://[^/]+", "\\$origin"));
            });
    Map<String, Object> auth = new LinkedHashMap<>();
    auth.put("headers", filled(cloud.auth().headers(), given));
    auth.put("query", filled(cloud.auth().query(), given));
    Map<String, Object> who = new LinkedHashMap<>();
    who.put("settings", plain);
    who.put("credentials", given);
    who.put("auth", auth);
    return who;
  }

  private static Map<String, String> filled(
      Map<String, String> declared, Map<String, String> given) {
    Map<String, String> filled = new LinkedHashMap<>();
    declared.forEach(
        (name, text) ->
            filled.put(
                name,
                Template.fill(
                    text,
                    place ->
                        place.equals("basic")
                            ? basic(given)
                            : given.getOrDefault(place, standIn(place)))));
    return filled;
  }

  private static String basic(Map<String, String> given) {
    String pair = given.getOrDefault("user", "") + ":" + given.getOrDefault("password", "");
    return java.util.Base64.getEncoder()
        .encodeToString(pair.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private List<Object> calls(List<Exchange> heard, Masking masking) {
    Map<String, Object> calls = new LinkedHashMap<>();
    for (Exchange exchange : heard) {
      Map<String, Object> call = new LinkedHashMap<>();
      call.put("path", masking.path(exchange.path()));
      if (!exchange.method().equals("GET")) {
        call.put("method", exchange.method());
      }
      Map<String, String> query = new LinkedHashMap<>();
      exchange
          .query()
          .forEach(
              (name, value) -> {
                if (tells(name, value)) {
                  query.put(name, masking.text(value));
                }
              });
      if (!query.isEmpty()) {
        call.put("query", query);
      }
      if (exchange.login()) {
        call.put("open", true);
      }
      if (exchange.status() != 200) {
        call.put("status", exchange.status());
      }
      if (!exchange.headers().isEmpty()) {
        Map<String, String> headers = new LinkedHashMap<>();
        exchange.headers().forEach((name, value) -> headers.put(name, masking.text(value)));
        call.put("headers", headers);
      }
      JsonNode answer = exchange.answer();
      call.put("answer", answer.isMissingNode() ? Map.of() : masking.masked(answer));
      calls.put(call.get("method") + " " + call.get("path") + " " + query, call);
    }
    // What has parameters comes first: the first call that fits is answered.
    List<Object> ordered = new ArrayList<>(calls.values());
    ordered.sort(
        java.util.Comparator.comparingInt(c -> ((Map<?, ?>) c).containsKey("query") ? 0 : 1));
    return ordered;
  }

  /** Whether a parameter tells calls apart; credentials and times do not. */
  private boolean tells(String name, String value) {
    Set<String> times = new HashSet<>(cloud.auth().query().keySet());
    for (CloudRequest request : cloud.requests()) {
      if (request.since() != null) {
        times.add(request.since().query());
        times.add(request.since().until());
      }
    }
    return !times.contains(name) && !value.matches("\\d{4}-\\d\\d-\\d\\d.*|1[5-9]\\d{8}(\\d{3})?");
  }
}
