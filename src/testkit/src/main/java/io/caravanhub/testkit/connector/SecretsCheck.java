package io.caravanhub.testkit.connector;

import io.caravanhub.testkit.cloud.Script;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Looks for credentials in everything that is logged while a connector is examined. */
final class SecretsCheck {
  private static final int SHORTEST = 6;

  private final Map<String, String> secrets = new LinkedHashMap<>();
  private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

  SecretsCheck(ConnectorFolder connector) {
    secrets.put("the webhook's secret", WebhookChecks.SECRET);
    if (connector.polls()) {
      try {
        Script script = Script.read(connector.path());
        secrets.putAll(script.credentials());
        script.auth().headers().forEach((n, v) -> secrets.put(n, v.replaceFirst("^\\w+ ", "")));
        secrets.putAll(script.auth().query());
      } catch (IOException | RuntimeException e) {
        // The check that plays the script says so.
      }
    }
    secrets.values().removeIf(value -> value.length() < SHORTEST);
  }

  void heard(String line) {
    lines.add(line);
  }

  Finding find() {
    List<String> problems = new ArrayList<>();
    String all = String.join("\n", lines);
    secrets.forEach(
        (name, secret) -> {
          if (all.contains(secret)) {
            problems.add("the log holds the credential " + name);
          }
        });
    return new Finding(
        Grade.SILVER, "secrets", "none in what was logged (" + lines.size() + " lines)", problems);
  }
}
