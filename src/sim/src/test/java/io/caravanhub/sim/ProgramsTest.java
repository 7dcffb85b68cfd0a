package io.caravanhub.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProgramsTest {
  private final ObjectMapper json = new ObjectMapper();
  private final List<Process> started = new ArrayList<>();
  @TempDir private Path folder;

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void thePlantSaysWhereItCanBeReadAndTellsItsFaults() throws Exception {
    Process plant = start(PlantCommand.class, "--speed", "3600");
    BufferedReader out = plant.inputReader();

    JsonNode ready = json.readTree(out.readLine());
    assertThat(ready.path("ready").asBoolean()).isTrue();
    assertThat(ready.path("modbus").asText()).matches("127\\.0\\.0\\.1:\\d+");
    assertThat(ready.path("opcua").asText()).matches("opc\\.tcp://127\\.0\\.0\\.1:\\d+/plant");
    assertThat(ready.path("bacnet").asText()).matches("127\\.0\\.0\\.1:\\d+");
    JsonNode fault = json.readTree(out.readLine());
    assertThat(fault.path("fault").asText()).isEqualTo("refrigerant leak");
    assertThat(fault.path("device").asText()).isEqualTo("RTU-1");
  }

  @Test
  void theDevicesBeginWhenTheFleetFileAppears() throws Exception {
    AtomicInteger hooks = new AtomicInteger();
    HttpServer hub =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.createContext(
        "/hooks/default/kestrel",
        exchange -> {
          hooks.incrementAndGet();
          exchange.sendResponseHeaders(202, -1);
          exchange.close();
        });
    hub.start();
    Path fleet = folder.resolve("fleet.json");
    Process plant = start(PlantCommand.class, "--fleet", fleet.toString(), "--interval", "PT0.1S");
    assertThat(plant.inputReader().readLine()).contains("ready");

    Files.writeString(
        fleet,
        """
        {"hubUrl": "http://127.0.0.1:%d", "mqttPort": 1, "tokens": {}, "webhookSecret": "s"}
        """
            .formatted(hub.getAddress().getPort()));

    await().until(() -> hooks.get() > 2);
    hub.stop(0);
  }

  @Test
  void aProgramEndsWithItsStandardInput() throws Exception {
    Process fsm = start(FsmStubCommand.class, "--dir", folder.toString());
    assertThat(json.readTree(fsm.inputReader().readLine()).path("url").asText())
        .startsWith("http://127.0.0.1:");

    fsm.getOutputStream().close();

    assertThat(fsm.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(fsm.exitValue()).isZero();
  }

  @Test
  void aProgramEndsWhenItIsAskedToTerminate() throws Exception {
    Process plant = start(PlantCommand.class);
    assertThat(plant.inputReader().readLine()).contains("ready");

    plant.destroy();

    assertThat(plant.waitFor(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aPortInUseIsOneLineOnStandardError() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Process fsm = start(FsmStubCommand.class, "--dir", folder.toString(), "--port", port);

      assertThat(fsm.errorReader().lines())
          .containsExactly("fsm: port " + port + " on 127.0.0.1 is in use");
      assertThat(fsm.waitFor()).isEqualTo(1);
    }
  }

  private Process start(Class<?> program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    return process;
  }
}
