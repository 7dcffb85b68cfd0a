package io.caravanhub.testkit.connector;

import io.caravanhub.core.route.RouteFile;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Examines connectors: their layout, their kamelets, their mappings over samples, their routes. */
public final class ConnectorKit {
  private ConnectorKit() {}

  /** All findings about one connector; it conforms when every one has passed. */
  public static List<Finding> examine(ConnectorFolder connector) {
    return examine(connector, LogTap.streams(), check -> {});
  }

  /**
   * As {@link #examine(ConnectorFolder)}.
   *
   * @param log where what is logged can be heard
   * @param progress told the name of each group of checks before it begins
   */
  public static List<Finding> examine(
      ConnectorFolder connector, LogTap log, Consumer<String> progress) {
    SecretsCheck secrets = new SecretsCheck(connector);
    List<Finding> findings = new ArrayList<>();
    try (LogTap.Listening listening = log.listen(secrets::heard)) {
      examine(connector, findings, progress);
    } catch (Exception e) {
      findings.add(new Finding("routes", "", List.of(e.toString())));
    }
    if (connector.isOem()) {
      findings.add(secrets.find());
    }
    return findings;
  }

  private static void examine(
      ConnectorFolder connector, List<Finding> findings, Consumer<String> progress)
      throws Exception {
    progress.accept("files");
    findings.add(Finding.timed(() -> layout(connector)));
    findings.add(Finding.timed(() -> kamelets(connector)));
    findings.add(Finding.timed(() -> samples(connector)));
    progress.accept("routes");
    long began = System.nanoTime();
    try (RouteTrial trial = new RouteTrial(connector)) {
      Finding routes = routes(trial);
      long took = (System.nanoTime() - began) / 1_000_000;
      findings.add(
          new Finding(routes.grade(), routes.check(), routes.good(), routes.problems(), took));
      if (connector.streams()) {
        progress.accept("stream");
        findings.addAll(new StreamChecks(connector, trial).findings());
      } else if (connector.polls()) {
        progress.accept("cloud");
        findings.addAll(new PollChecks(connector, trial).findings());
      } else if (trial.takesWebhooks()) {
        progress.accept("webhooks");
        findings.add(Finding.timed(() -> webhook(connector, trial)));
        findings.addAll(new WebhookChecks(connector, trial).findings());
      } else if (connector.isOem()) {
        findings.add(
            new Finding(
                Grade.BRONZE,
                "webhook",
                "",
                List.of("no route listens on direct:connectors." + connector.name())));
      }
      if (connector.isOem()) {
        findings.addAll(SampleChecks.findings(connector));
      }
    }
  }

  private static Finding layout(ConnectorFolder connector) {
    List<String> problems = new ArrayList<>();
    String name = connector.name();
    if (!name.matches("[a-z0-9][a-z0-9-]*")) {
      problems.add("folder name '" + name + "': only a-z, 0-9 and '-'");
    }
    for (String needed : List.of("README.md", name + ".camel.yaml")) {
      if (connector.isOem() && !Files.exists(connector.path().resolve(needed))) {
        problems.add("no " + needed);
      }
    }
    for (Path kamelet : connector.files(".kamelet.yaml")) {
      if (!kamelet.getFileName().toString().startsWith(name + "-")) {
        problems.add(kamelet.getFileName() + ": the name must begin with '" + name + "-'");
      }
    }
    return new Finding("layout", connector.path().toString(), problems);
  }

  private static Finding kamelets(ConnectorFolder connector) {
    List<Path> kamelets = connector.files(".kamelet.yaml");
    List<String> problems = new ArrayList<>();
    kamelets.forEach(k -> problems.addAll(KameletCheck.problems(k)));
    return new Finding("kamelets", names(kamelets), problems);
  }

  private static Finding samples(ConnectorFolder connector) {
    List<GoldenCase> cases = GoldenFiles.ofConnector(connector.path());
    List<String> problems = new ArrayList<>();
    for (GoldenCase golden : cases) {
      for (String problem : golden.problems()) {
        problems.add("samples/" + golden.name() + " " + problem);
      }
    }
    List<Path> mappings = connector.mappings();
    for (Path mapping : mappings) {
      if (connector.isOem() && cases.stream().noneMatch(c -> c.mapping().equals(mapping))) {
        problems.add(mapping.getFileName() + ": no sample in samples/in");
      }
    }
    return new Finding("samples", cases.size() + " as expected", problems);
  }

  private static Finding routes(RouteTrial trial) {
    List<String> problems = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (RouteFile file : trial.files()) {
      ids.addAll(file.routeIds());
      if (file.state() == RouteFile.State.REFUSED) {
        problems.add(file.path().getFileName() + ":" + file.line() + ": " + file.reason());
      }
    }
    return new Finding("routes", String.join(", ", ids), problems);
  }

  private static Finding webhook(ConnectorFolder connector, RouteTrial trial) throws IOException {
    List<String> problems = new ArrayList<>();
    int messages = 0;
    Map<String, byte[]> bodies = PushedBodies.of(connector);
    for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
      String sample = body.getKey() + ": ";
      List<RouteTrial.Sent> sent;
      try {
        sent = trial.push(body.getValue(), connector.name());
      } catch (IllegalStateException e) {
        problems.add(sample + "the route failed: " + e.getMessage());
        continue;
      }
      messages += sent.size();
      if (sent.isEmpty()) {
        problems.add(sample + "the route sent nothing to the channel raw");
      }
      for (RouteTrial.Sent message : sent) {
        if (message.device().isEmpty()) {
          problems.add(sample + "header hub-device: absent, the hub could not tell whose it is");
        }
        Path expression = connector.path().resolveSibling(message.mapping() + ".jsonata");
        Path table = connector.path().resolveSibling(message.mapping() + ".fields.yaml");
        if (!message.mapping().isEmpty() && !Files.exists(expression) && !Files.exists(table)) {
          problems.add(sample + "header hub-mapping: there is no mapping " + message.mapping());
        }
      }
    }
    return new Finding(
        "webhook", bodies.size() + " pushed, " + messages + " messages came of it", problems);
  }

  private static String names(List<Path> files) {
    return String.join(", ", files.stream().map(f -> f.getFileName().toString()).toList());
  }
}
