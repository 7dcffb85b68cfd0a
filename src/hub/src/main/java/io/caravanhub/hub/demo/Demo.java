package io.caravanhub.hub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.client.HubClient;
import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts the three processes, registers the fleet, tells the news, and starts again what falls
 * over.
 */
public final class Demo {
  private static final String WEBHOOK = "default.kestrel";

  /** Where the example of a gateway looks for the plant; another demo takes free ports. */
  private static final int MODBUS_PORT = 15020;

  private static final int OPCUA_PORT = 14840;
  private static final int START_SECONDS = 180;
  private static final int FSM_PAUSE_SECONDS = 60;

  private final Settings settings;
  private final Processes processes;
  private final HubClient hub;
  private final Screen screen = new Screen(System.out);
  private final ObjectMapper json = new ObjectMapper();
  private final Path folder;
  private final CompletableFuture<JsonNode> plantReady = new CompletableFuture<>();
  private volatile boolean stopping;

  /**
   * Prepares a demo.
   *
   * @param settings as for a hub alone
   * @param speed plant seconds a second
   */
  public Demo(Settings settings, double speed) {
    this.settings = settings;
    this.hub = HubClient.of(settings);
    this.folder = settings.folder(Setting.HUB_HOME).resolve("demo");
    this.processes = new Processes(settings, folder, speed);
  }

  /** Runs until the process is told to stop. */
  public void run() throws IOException, InterruptedException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.deleteIfExists(processes.fleetFile());
    long began = System.nanoTime();
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "demo-stop"));
    screen.line(
        "Caravan Hub demo: a hub, five machines with faults of their own, and a field-service"
            + " system.");
    Child fsm = processes.startFsm();
    Child plant =
        processes.startPlant(
            Processes.freeOr0(MODBUS_PORT), Processes.freeOr0(OPCUA_PORT), 0, this::heardFromPlant);
    Child app = processes.startHub();
    awaitHub(app, began);
    enlist();
    introduce(app, plant, fsm, began);
    watch(app, plant, fsm);
  }

  private void awaitHub(Child app, long began) throws InterruptedException {
    while (!hub.isUp()) {
      if (!app.isAlive()) {
        screen.close();
        throw new IllegalStateException(processes.lastWord("hub"));
      }
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
      if (seconds > START_SECONDS) {
        throw new IllegalStateException(
            "the hub did not answer within " + START_SECONDS + " s; see " + processes.log("hub"));
      }
      screen.status("Starting… " + seconds + " s");
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private void heardFromPlant(String line) {
    try {
      JsonNode said = json.readTree(line);
      if (said.path("ready").asBoolean()) {
        plantReady.complete(said);
      } else if (said.has("fault")) {
        screen.event(
            "fault",
            said.path("device").asText()
                + ": "
                + said.path("fault").asText()
                + " begins (nobody has told the hub)");
      }
    } catch (IOException e) {
      // not for us
    }
  }

  /** The plant's devices begin to report when the fleet file is there. */
  private void enlist() throws IOException, InterruptedException {
    JsonNode servers = plantReady.orTimeout(60, TimeUnit.SECONDS).join();
    Fleet machines = new Fleet(hub, folder);
    Map<String, String> tokens =
        machines.register(servers.path("modbus").asText(), servers.path("opcua").asText());
    machines.registerGateway(gatewayToken());
    ObjectNode fleet = json.createObjectNode();
    fleet
        .put("hubUrl", processes.hubUrl())
        .put("mqttHost", settings.require(Setting.HUB_BIND))
        .put("mqttPort", settings.port(Setting.HUB_MQTT_PORT));
    String problem =
        new PolledCloud(hub).connect(servers.path("cloud").asText(), processes.cloudKey());
    if (!problem.isEmpty()) {
      screen.line("The Tarn cloud is not polled: " + problem);
    }
    fleet
        .put("tenant", "default")
        .put("webhookSecret", secret())
        .set("tokens", json.valueToTree(tokens));
    Fleet.write(processes.fleetFile(), json.writeValueAsBytes(fleet));
  }

  private Path gatewayToken() {
    return settings.folder(Setting.HUB_HOME).resolve("gateway-" + Fleet.GATEWAY + ".token");
  }

  private Child startPlantAgain() {
    JsonNode servers = plantReady.join();
    return processes.startPlant(
        port(servers.path("modbus").asText()),
        port(servers.path("opcua").asText()),
        port(servers.path("cloud").asText()),
        this::heardFromPlant);
  }

  private static int port(String address) {
    return Integer.parseInt(address.replaceAll(".*:(\\d+).*", "$1"));
  }

  /** The secret that the hub and the Kestrel cloud share, in the hub's own file of them. */
  private String secret() throws IOException {
    Path file = settings.folder(Setting.HUB_HOME).resolve("webhooks.properties");
    Properties secrets = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        secrets.load(reader);
      }
    }
    String secret = secrets.getProperty(WEBHOOK);
    if (secret == null) {
      secret = Secret.random();
      String before = Files.exists(file) ? Files.readString(file) : "# <tenant>.<oem> = <secret>\n";
      Fleet.write(
          file, (before + WEBHOOK + " = " + secret + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return secret;
  }

  private void introduce(Child app, Child plant, Child fsm, long began)
      throws IOException, InterruptedException {
    JsonNode servers = plantReady.join();
    screen.endStatus();
    screen.line("");
    screen.line(String.format("Up after %.0f s. Look at:", (System.nanoTime() - began) / 1e9));
    screen.line("  console      " + processes.hubUrl() + "/");
    screen.line(
        "  work orders  "
            + processes.fsmUrl()
            + "/          (the field-service system's own page)");
    screen.line(
        "  API          "
            + processes.hubUrl()
            + "/api/v1/openapi.yaml   token in "
            + settings.folder(Setting.HUB_HOME).resolve("admin.token"));
    screen.line("");
    screen.line(
        "  hub     pid "
            + app.pid()
            + "   MQTT "
            + settings.require(Setting.HUB_BIND)
            + ":"
            + settings.port(Setting.HUB_MQTT_PORT)
            + ", embedded PostgreSQL");
    screen.line(
        "  plant   pid "
            + plant.pid()
            + "   RTU-1 Modbus TCP "
            + servers.path("modbus").asText()
            + ", PUMP-1 "
            + servers.path("opcua").asText());
    screen.line(
        "          RTU-2 and PUMP-2 over MQTT, RTU-3 by signed webhook; one second here is one"
            + " minute there");
    screen.line(
        "          TH-301 to TH-303 through the Tarn cloud at "
            + servers.path("cloud").asText()
            + ", which the hub polls every 10 s");
    screen.line(
        "  FSM     pid "
            + fsm.pid()
            + "   kill it: its orders wait in the outbox and arrive once when it is back after "
            + FSM_PAUSE_SECONDS
            + " s");
    screen.line(
        "  gateway GW-ROOF is registered; start it beside this: " + gatewayCommand(servers));
    screen.line("  logs    " + processes.log("hub").getParent());
    screen.line("");
    screen.line(outlook(hub.get("/actions?limit=500")));
    screen.line(
        "Ctrl-C stops everything; the data stays in " + settings.folder(Setting.HUB_HOME) + ".");
    screen.line("");
  }

  /** With what differs from the example's own settings. */
  private String gatewayCommand(JsonNode servers) {
    StringBuilder command = new StringBuilder();
    variable(command, "PLANT_MODBUS_PORT", port(servers.path("modbus").asText()), MODBUS_PORT);
    variable(command, "PLANT_OPCUA_PORT", port(servers.path("opcua").asText()), OPCUA_PORT);
    variable(command, "HUB_MQTT_PORT", settings.port(Setting.HUB_MQTT_PORT), 1883);
    variable(command, "HUB_HTTP_PORT", settings.port(Setting.HUB_HTTP_PORT), 8080);
    if (System.getenv("HUB_HOME") != null) {
      command.append("HUB_HOME=").append(settings.folder(Setting.HUB_HOME)).append(' ');
    }
    return command + "./hub edge --config edge-camel/examples/rooftop.yaml";
  }

  private static void variable(StringBuilder command, String name, int port, int usual) {
    if (port != usual) {
      command.append(name).append('=').append(port).append(' ');
    }
  }

  private static String outlook(JsonNode actions) {
    long open = 0;
    for (JsonNode action : actions.path("items")) {
      if (!action.path("state").asText().matches("COMPLETED|CANCELLED|DEAD")) {
        open++;
      }
    }
    return open == 0
        ? "The first work order comes within two minutes."
        : open
            + " work orders are open from before. A problem that has one gets no second; complete"
            + " them on the FSM's page.";
  }

  private void watch(Child app, Child plant, Child fsm) throws InterruptedException {
    News news = new News(hub, screen);
    Watched hubProcess = new Watched(app, 1, processes::startHub);
    Watched plantProcess = new Watched(plant, 2, this::startPlantAgain);
    Watched fsmProcess = new Watched(fsm, FSM_PAUSE_SECONDS, processes::startFsm);
    while (!stopping) {
      TimeUnit.SECONDS.sleep(1);
      hubProcess.look();
      plantProcess.look();
      fsmProcess.look();
      try {
        news.tell();
      } catch (IOException e) {
        screen.status(
            "The hub does not answer; devices keep what it has not acknowledged. Ctrl-C stops");
      }
    }
  }

  /** A process that is started again some seconds after it ended. */
  private final class Watched {
    private final int pauseSeconds;
    private final Supplier<Child> again;
    private Child child;
    private @Nullable Long endedAt;

    Watched(Child child, int pauseSeconds, Supplier<Child> again) {
      this.child = child;
      this.pauseSeconds = pauseSeconds;
      this.again = again;
    }

    void look() {
      if (stopping || child.isAlive()) {
        return;
      }
      if (endedAt == null) {
        endedAt = System.nanoTime();
        screen.event(
            "stopped",
            "the "
                + child.name()
                + " (exit "
                + child.exitValue()
                + "); starting it again in "
                + pauseSeconds
                + " s");
      } else if (System.nanoTime() - endedAt >= TimeUnit.SECONDS.toNanos(pauseSeconds)) {
        endedAt = null;
        child = again.get();
        screen.event("started", "the " + child.name() + " again, pid " + child.pid());
      }
    }
  }

  private void stop() {
    if (stopping) {
      return;
    }
    stopping = true;
    screen.close();
    screen.line("");
    screen.line("Stopping…");
    processes.stop();
    screen.line(
        "Stopped. The data is kept in "
            + settings.folder(Setting.HUB_HOME)
            + "; ./hub demo goes on with it.");
  }
}
