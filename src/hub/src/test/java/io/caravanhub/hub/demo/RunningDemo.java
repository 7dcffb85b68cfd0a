package io.caravanhub.hub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code ./hub demo} as a process of its own, started as a person starts it. */
final class RunningDemo {
  private static final Pattern FSM = Pattern.compile("work orders\\s+(http://[^/]+)/");
  private static final Pattern GATEWAY = Pattern.compile("start it beside this: (.+)");
  private static final Pattern HUB_PID = Pattern.compile("hub (?:again, )?\\s*pid (\\d+)");

  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final Process process;
  private final Path screen;
  private final Path home;
  private final URI hub;

  private RunningDemo(Process process, Path screen, Path home, URI hub) {
    this.process = process;
    this.screen = screen;
    this.home = home;
    this.hub = hub;
  }

  /** Starts it; what it prints goes to a file in the home's parent folder. */
  static RunningDemo start(Path home, int httpPort, int mqttPort) throws IOException {
    Path screen = Files.createTempFile(home.getParent(), "screen", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(TestDatabase.root().toAbsolutePath().resolve("hub").toString(), "demo")
            .redirectErrorStream(true)
            .redirectOutput(screen.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("HUB_"));
    environment.put("HUB_SKIP_BUILD", "1");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("HUB_HOME", home.toString());
    environment.put("HUB_HTTP_PORT", Integer.toString(httpPort));
    environment.put("HUB_MQTT_PORT", Integer.toString(mqttPort));
    environment.put("HUB_MQTTS_PORT", Integer.toString(freePort()));
    return new RunningDemo(
        builder.start(), screen, home, URI.create("http://127.0.0.1:" + httpPort));
  }

  HubClient api() {
    return new HubClient(hub, home.resolve("admin.token"));
  }

  URI hub() {
    return hub;
  }

  String screen() throws IOException {
    return Files.readString(screen);
  }

  /** What it says is to be typed to start a gateway beside it. */
  String gatewayCommand() throws IOException {
    Matcher command = GATEWAY.matcher(screen());
    if (!command.find()) {
      throw new IllegalStateException(screen());
    }
    return command.group(1);
  }

  /** The demo itself, which watches over the others. */
  ProcessHandle supervisor() {
    return process.toHandle();
  }

  /** The hub it started last. */
  ProcessHandle hubProcess() throws IOException {
    Matcher pid = HUB_PID.matcher(screen());
    String last = "";
    while (pid.find()) {
      last = pid.group(1);
    }
    return ProcessHandle.of(Long.parseLong(last)).orElseThrow();
  }

  /** All its processes, the database's included, which is nobody's child. */
  Set<ProcessHandle> processes() {
    Set<ProcessHandle> all = new LinkedHashSet<>();
    all.add(process.toHandle());
    process.descendants().forEach(all::add);
    List<ProcessHandle> ours =
        ProcessHandle.allProcesses()
            .filter(p -> p.info().commandLine().map(c -> c.contains(home.toString())).orElse(false))
            .toList();
    for (ProcessHandle one : ours) {
      all.add(one);
      one.descendants().forEach(all::add);
    }
    return all.stream().filter(ProcessHandle::isAlive).collect(Collectors.toSet());
  }

  /** SIGTERM, as at the end of a session; Ctrl-C takes the same way. */
  void terminate() {
    process.destroy();
  }

  /** What the field-service system has, also while it is out of service for others. */
  List<JsonNode> workOrders() throws IOException, InterruptedException {
    List<JsonNode> orders = new ArrayList<>();
    fsm("GET", "/admin/work-orders").forEach(orders::add);
    return orders;
  }

  JsonNode fsm(String method, String path) throws IOException, InterruptedException {
    return fsm(method, path, "");
  }

  JsonNode fsm(String method, String path, String body) throws IOException, InterruptedException {
    Matcher url = FSM.matcher(screen());
    if (!url.find()) {
      return json.createArrayNode();
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url.group(1) + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return json.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  String page(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(hub.resolve(path)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** Ends whatever is left, for the end of a test that failed. */
  void kill() {
    processes().forEach(ProcessHandle::destroyForcibly);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
