package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code ./hub run} as a process of its own, which can be killed and started again. */
final class HubProcess {
  private static final Duration LOADED_MACHINE = Duration.ofMinutes(4);

  final int httpPort = freePort();
  final int mqttPort = freePort();
  private final int mqttsPort = freePort();
  private final Path home;
  private final Path screen;
  private final Map<String, String> more;
  private @Nullable Process process;

  /**
   * A hub that does not run yet.
   *
   * @param screen what it prints, over all its starts
   * @param more of its environment
   */
  HubProcess(Path home, Path screen, Map<String, String> more) {
    this.home = home;
    this.screen = screen;
    this.more = more;
  }

  /** Starts it and waits until it answers. */
  void start() throws IOException {
    Map<String, String> environment = new HashMap<>();
    // A hub that lives for seconds starts sooner without the second compiler.
    environment.put("HUB_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    environment.putAll(more);
    environment.put("HUB_HOME", home.toString());
    environment.put("HUB_HTTP_PORT", Integer.toString(httpPort));
    environment.put("HUB_MQTT_PORT", Integer.toString(mqttPort));
    environment.put("HUB_MQTTS_PORT", Integer.toString(mqttsPort));
    process = launch(List.of("run"), environment, screen);
    Process started = process;
    await()
        .atMost(LOADED_MACHINE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> !started.isAlive() || isUp());
    assertAlive();
  }

  /** Fails with the hub's last words when it has ended by itself. */
  void assertAlive() throws IOException {
    Process running = process;
    assertThat(running != null && running.isAlive())
        .as("%s%nexit code %s", screen(), running == null ? "none" : exitCode(running))
        .isTrue();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  private static String exitCode(Process process) {
    return process.isAlive() ? "none" : Integer.toString(process.exitValue());
  }

  /** SIGKILL: nothing of it runs on, and nothing is put in order. */
  void kill() {
    Process killed = process;
    if (killed != null) {
      killed.destroyForcibly();
      await().until(() -> !killed.isAlive());
    }
  }

  boolean isUp() throws InterruptedException {
    return new HubClient(URI.create("http://127.0.0.1:" + httpPort), home.resolve("admin.token"))
        .isUp();
  }

  Path home() {
    return home;
  }

  String screen() throws IOException {
    return Files.readString(screen);
  }

  /** The server of the embedded database. */
  ProcessHandle postmaster() throws IOException {
    String pid = Files.readAllLines(home.resolve("postgres/postmaster.pid")).get(0).strip();
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  /** A process of the server that serves one of the hub's connections. */
  ProcessHandle backend() throws IOException {
    return postmaster()
        .children()
        .filter(child -> title(child).contains("127.0.0.1("))
        .findAny()
        .orElseThrow();
  }

  private static String title(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
    } catch (IOException e) {
      return "";
    }
  }

  /** Ends the hub and its database, in whatever state they are. */
  void end() {
    Process last = process;
    if (last != null) {
      last.destroy();
      try {
        await().atMost(Duration.ofSeconds(15)).until(() -> !last.isAlive());
      } catch (org.awaitility.core.ConditionTimeoutException e) {
        last.destroyForcibly();
      }
    }
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      all.filter(p -> p.info().commandLine().map(c -> c.contains(home + "/")).orElse(false))
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Runs {@code ./hub} with these arguments and this environment. */
  static Process launch(List<String> arguments, Map<String, String> more, Path output)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(TestDatabase.root().toAbsolutePath().resolve("hub").toString()),
                        arguments.stream())
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("HUB_"));
    environment.put("HUB_SKIP_BUILD", "1");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.putAll(more);
    return builder.start();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
