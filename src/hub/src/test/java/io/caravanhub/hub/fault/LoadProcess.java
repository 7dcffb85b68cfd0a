package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./hub load} as a process of its own, until it is told to end and to compare. */
final class LoadProcess {
  private static final Pattern PROGRESS = Pattern.compile("acknowledged ([\\d,.]+) \\(");
  private static final Duration COMPARED = Duration.ofMinutes(2);

  private final Process process;
  private final Path screen;
  private final Path report;

  private LoadProcess(Process process, Path screen, Path report) {
    this.process = process;
    this.screen = screen;
    this.report = report;
  }

  /** Devices that publish with QoS 1. */
  static LoadProcess mqtt(Path folder, String name, Path home, int httpPort, int mqttPort)
      throws IOException {
    return start(folder, name, home, httpPort, mqttPort, "--rate", "250", "--devices", "20");
  }

  /** Devices that post batches of a few messages. */
  static LoadProcess http(Path folder, String name, Path home, int httpPort, int mqttPort)
      throws IOException {
    return start(
        folder,
        name,
        home,
        httpPort,
        mqttPort,
        "--http",
        "--rate",
        "250",
        "--devices",
        "8",
        "--metrics",
        "3",
        "--batch",
        "30",
        "--connections",
        "4");
  }

  private static LoadProcess start(
      Path folder, String name, Path home, int httpPort, int mqttPort, String... options)
      throws IOException {
    Path report = folder.resolve(name + ".json");
    Path screen = folder.resolve(name + ".txt");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "load",
                "--name",
                name,
                "--seconds",
                "600",
                "--drain",
                "90",
                "--report",
                report.toString()));
    arguments.addAll(List.of(options));
    Map<String, String> environment =
        Map.of(
            "HUB_HOME",
            home.toString(),
            "HUB_HTTP_PORT",
            Integer.toString(httpPort),
            "HUB_MQTT_PORT",
            Integer.toString(mqttPort));
    return new LoadProcess(HubProcess.launch(arguments, environment, screen), screen, report);
  }

  /** Messages acknowledged so far, as it tells once a second. */
  long acknowledged() throws IOException {
    Matcher progress = PROGRESS.matcher(Files.readString(screen));
    long last = 0;
    while (progress.find()) {
      last = Long.parseLong(progress.group(1).replaceAll("\\D", ""));
    }
    return last;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Fails with what it said when it has given up. */
  void assertAlive() throws IOException {
    assertThat(process.isAlive()).as(Files.readString(screen)).isTrue();
  }

  /** Ends the sending, waits for what is under way and for the comparison; the report. */
  JsonNode end() throws IOException {
    process.destroy();
    await().atMost(COMPARED).pollInterval(Duration.ofMillis(100)).until(() -> !process.isAlive());
    assertThat(report).as(Files.readString(screen)).exists();
    return new ObjectMapper().readTree(report.toFile());
  }

  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
