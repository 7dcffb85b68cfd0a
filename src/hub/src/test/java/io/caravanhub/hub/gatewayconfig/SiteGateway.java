package io.caravanhub.hub.gatewayconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersResponse;
import com.digitalpetri.modbus.server.ModbusRequestContext;
import com.digitalpetri.modbus.server.ModbusServices;
import com.digitalpetri.modbus.server.ModbusTcpServer;
import com.digitalpetri.modbus.tcp.server.NettyTcpServerTransport;
import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.edge.EdgeCommand;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A site: a device that speaks Modbus, and a gateway that was enrolled with a code and is started
 * by the start script of its package, in slots. It has no connections but those of the hub.
 */
final class SiteGateway implements AutoCloseable {
  static final Duration LOADED_MACHINE = Duration.ofMinutes(3);

  final GatewayApi api = new GatewayApi();
  final Registered device =
      api.hub.device(
          api.admin,
          Map.of("device_type", "sensor", "connection_type", "gateway", "gateway_id", api.serial));
  final HubRelay relay = new HubRelay(api.hub);
  final Path base;
  private final int modbusPort = freePort();
  private final ModbusTcpServer modbus;
  private Process process;
  private ProcessHandle java;

  SiteGateway(Path folder, String releaseKey) throws Exception {
    base = folder.resolve("caravan-edge");
    modbus =
        ModbusTcpServer.create(
            NettyTcpServerTransport.create(
                transport -> transport.setBindAddress("127.0.0.1").setPort(modbusPort)),
            new ModbusServices() {
              @Override
              public ReadHoldingRegistersResponse readHoldingRegisters(
                  ModbusRequestContext context, int unit, ReadHoldingRegistersRequest request) {
                return new ReadHoldingRegistersResponse(new byte[2 * request.quantity()]);
              }
            });
    modbus.start();
    Path packaging = TestDatabase.root().resolve("edge-camel").toAbsolutePath().normalize();
    Files.createDirectories(base.resolve("bin"));
    Path script = base.resolve("bin/caravan-edge");
    Files.copy(packaging.resolve("packaging/caravan-edge"), script);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Path slot = base.resolve("releases/A");
    release(slot.resolve("lib"), System.getProperty("java.class.path"));
    Files.writeString(slot.resolve("VERSION"), "1.0\n");
    Files.createSymbolicLink(base.resolve("releases/current"), Path.of("A"));
    Files.writeString(base.resolve("release.pub"), releaseKey);
    Files.writeString(
        base.resolve("edge.yaml"),
        """
        mappings: %s
        routes: [%s]
        manage:
          interval: PT0.5S
          settle: PT1S
          healthyWithin: PT8S
          software: {key: release.pub}
        """
            .formatted(packaging.resolve("mappings"), packaging.resolve("routes")));
  }

  /** A folder of jars: one, that names the jars of this class path. */
  static void release(Path lib, String classPath) throws IOException {
    Files.createDirectories(lib);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Stream.of(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    try (OutputStream out = Files.newOutputStream(lib.resolve("edge.jar"))) {
      new JarOutputStream(out, manifest).close();
    }
  }

  /** {@code enrol} with this code; the exit code. */
  int enrol(String code) {
    return new CommandLine(new EdgeCommand())
        .execute("enrol", "--hub", relay.uri(), "--code", code, "--config", "" + settings());
  }

  Path settings() {
    return base.resolve("edge.yaml");
  }

  void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(base.resolve("bin/caravan-edge").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "EDGE_RETRY_SECONDS",
                "0",
                "EDGE_JAVA_OPTS",
                "-Xmx96m -Dlogback.configurationFile=logback-commands.xml"));
    process = builder.start();
    await().atMost(LOADED_MACHINE).until(() -> find().isPresent());
    java = find().orElseThrow();
  }

  private Optional<ProcessHandle> find() {
    return process
        .toHandle()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("/java"))
        .findFirst();
  }

  /** SIGKILL, to the gateway and not to its script. */
  void kill() {
    java.destroyForcibly();
  }

  /** Waits until the script has ended too. */
  int ended() throws InterruptedException {
    assertThat(process.waitFor(LOADED_MACHINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  Path log() {
    return base.resolve("log");
  }

  /** Where the versions are. */
  Path configuration() {
    return base.resolve("data/config");
  }

  /** The version that the link names. */
  int current() throws IOException {
    return Integer.parseInt(
        Files.readSymbolicLink(configuration().resolve("current")).getFileName().toString());
  }

  /** Files as the version in force has them. */
  Map<String, String> files() throws IOException {
    Path files = configuration().resolve("current/files").toRealPath();
    try (Stream<Path> all = Files.walk(files)) {
      Map<String, String> found = new java.util.TreeMap<>();
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        found.put(files.relativize(file).toString(), Files.readString(file));
      }
      return found;
    }
  }

  /** A connection to the device by a map that reads this metric. */
  Map<String, String> reading(String metric) {
    return Map.of(
        "fieldbus.yaml",
        connection(device.serial(), "127.0.0.1:" + modbusPort, metric),
        "maps/" + metric + ".yaml",
        map(metric, "int16"));
  }

  static String connection(String device, String address, String map) {
    return "- {device: %s, protocol: modbus-tcp, address: '%s', map: %s.yaml, interval: PT0.2S}\n"
        .formatted(device, address, map);
  }

  static String map(String metric, String type) {
    return """
    protocol: modbus-tcp
    points:
      - metric: %s
        unit: Cel
        address: 1
        type: %s
    """
        .formatted(metric, type);
  }

  /** Publishes, and returns the version's number. */
  int publish(Map<String, String> files) {
    java = find().orElseThrow();
    var published = api.publish(files);
    assertThat(published.status()).as(published.body()).isEqualTo(200);
    return published.json().path("version").asInt();
  }

  JsonNode state() {
    return api.get("/configuration/state").json();
  }

  /** Waits until the gateway has told one of these of the version, and returns which and why. */
  JsonNode told(int version, String... states) {
    await()
        .atMost(LOADED_MACHINE)
        .untilAsserted(
            () -> {
              JsonNode reported = state().path("reported");
              assertThat(reported.path("version").asText())
                  .as(Files.readString(log()))
                  .isEqualTo(String.valueOf(version));
              assertThat(List.of(states)).contains(reported.path("state").asText());
            });
    return state().path("reported");
  }

  /** Waits until the hub has a reading of this metric. */
  void read(String metric) {
    await()
        .atMost(LOADED_MACHINE)
        .untilAsserted(
            () ->
                assertThat(
                        api.hub
                            .get(
                                "/api/v1/devices/" + device.serial() + "/telemetry/latest",
                                api.admin)
                            .json()
                            .path("items")
                            .findValuesAsText("metric"))
                    .as(Files.readString(log()))
                    .contains(metric));
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws Exception {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    relay.close();
    modbus.stop();
  }
}
