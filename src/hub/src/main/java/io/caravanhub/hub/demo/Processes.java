package io.caravanhub.hub.demo;

import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command lines of the demo's three processes, and their end in the right order. Thread-safe.
 */
final class Processes {
  private final Settings settings;
  private final Path folder;
  private final double speed;
  private final int fsmPort;
  private final String cloudKey = Secret.random();
  private @Nullable Child hub;
  private @Nullable Child plant;
  private @Nullable Child fsm;

  Processes(Settings settings, Path folder, double speed) {
    this.settings = settings;
    this.folder = folder;
    this.speed = speed;
    this.fsmPort = freePort();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }

  /** The port when nobody listens there, else 0 for any. */
  static int freeOr0(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return port;
    } catch (IOException e) {
      return 0;
    }
  }

  /** The key that the Tarn cloud asks for; another one each time. */
  String cloudKey() {
    return cloudKey;
  }

  String hubUrl() {
    return "http://"
        + settings.require(Setting.HUB_BIND)
        + ":"
        + settings.port(Setting.HUB_HTTP_PORT);
  }

  String fsmUrl() {
    return "http://127.0.0.1:" + fsmPort;
  }

  Path fleetFile() {
    return folder.resolve("fleet.json");
  }

  Path log(String name) {
    return settings.folder(Setting.HUB_HOME).resolve("logs").resolve(name + ".log");
  }

  /** What a process said last, for an error. */
  String lastWord(String name) {
    try (Stream<String> lines = Files.lines(output(name))) {
      return lines.reduce("", (before, line) -> line).replaceFirst("^hub: ", "");
    } catch (IOException | UncheckedIOException e) {
      return "";
    }
  }

  /** The hub writes its log itself; what it shows on its terminal is kept apart. */
  private Path output(String name) {
    return name.equals("hub") ? log(name).resolveSibling("hub.out") : log(name);
  }

  synchronized Child startHub() {
    Map<String, String> environment = new HashMap<>();
    environment.put("HUB_STOP_ON_EOF", "true");
    environment.put("HUB_CONSOLE_OPEN", "true");
    environment.put("HUB_FSM_URL", fsmUrl());
    environment.put("HUB_FSM_READ_BACK_EVERY", "PT5S");
    environment.put("HUB_FSM_CLEAR_WITHIN", "PT15S");
    hub =
        start(
            "hub",
            System.getProperty("java.class.path"),
            List.of("io.caravanhub.hub.cli.HubCommand", "run"),
            environment,
            line -> {});
    return hub;
  }

  /**
   * Starts the plant on these ports, 0 for free ones, so that it comes back where the hub looks for
   * it.
   */
  synchronized Child startPlant(
      int modbusPort, int opcuaPort, int cloudPort, Consumer<String> lines) {
    List<String> arguments =
        List.of(
            "io.caravanhub.sim.PlantCommand",
            "--fleet",
            fleetFile().toString(),
            "--speed",
            Double.toString(speed),
            "--modbus-port",
            Integer.toString(modbusPort),
            "--opcua-port",
            Integer.toString(opcuaPort),
            "--cloud-port",
            Integer.toString(cloudPort));
    plant = start("plant", simClasspath(), arguments, Map.of("TARN_API_KEY", cloudKey), lines);
    return plant;
  }

  synchronized Child startFsm() {
    List<String> arguments =
        List.of(
            "io.caravanhub.sim.FsmStubCommand",
            "--port",
            Integer.toString(fsmPort),
            "--dir",
            folder.resolve("fsm").toString());
    fsm = start("fsm", simClasspath(), arguments, Map.of(), line -> {});
    return fsm;
  }

  private static String simClasspath() {
    String path = System.getenv("HUB_SIM_CLASSPATH");
    if (path == null) {
      throw new IllegalStateException("start the demo through the script: ./hub demo");
    }
    return path;
  }

  private Child start(
      String name,
      String classpath,
      List<String> arguments,
      Map<String, String> environment,
      Consumer<String> lines) {
    try {
      Files.createDirectories(log(name).getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Child.start(name, classpath, arguments, environment, output(name), lines);
  }

  /** Devices first, so that nothing is on its way; the field-service system last. */
  synchronized void stop() {
    if (plant != null) {
      plant.stop(5);
    }
    if (hub != null) {
      hub.stop(20);
    }
    if (fsm != null) {
      fsm.stop(5);
    }
  }
}
