package io.caravanhub.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.sim.bacnet.RooftopBacnetServer;
import io.caravanhub.sim.opcua.PumpOpcUaServer;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./hub fieldbus browse}, against the simulated plant's OPC UA server and BACnet card. */
class FieldbusBrowseTest {
  private static PumpOpcUaServer opcua;
  private static RooftopBacnetServer bacnet;

  @TempDir Path folder;
  private final StringWriter said = new StringWriter();

  @BeforeAll
  static void start() throws Exception {
    Plant plant = new Plant(1, FaultTimetable.none());
    opcua = new PumpOpcUaServer(plant.pump("PUMP-1"), 0);
    bacnet = new RooftopBacnetServer(plant.unit("RTU-2"), 1002, 0);
  }

  @AfterAll
  static void stop() throws Exception {
    opcua.close();
    bacnet.close();
  }

  @Test
  void listsTheVariablesOfAnOpcUaServerAndPutsThePickedOnesIntoAMap() throws Exception {
    assertThat(opcua("--limit", "50")).isZero();
    assertThat(lines()).anyMatch(line -> line.startsWith("ns=2;s=PUMP-1/  "));

    Path map = folder.resolve("acme/pump.opcua.yaml");
    String flow = "ns=2;s=PUMP-1/Flow";
    assertThat(opcua("--path", "ns=2;s=PUMP-1", "--map", map.toString(), flow + "=flow")).isZero();
    assertThat(lines()).anyMatch(line -> line.startsWith(flow + "  ") && line.contains(" = "));
    assertThat(said.toString()).contains("1 points added to " + map);
    assertThat(Files.readString(map))
        .startsWith("protocol: opcua\npoints:\n  - {metric: flow, node: \"" + flow + "\"");
  }

  @Test
  void listsTheObjectsOfABacnetDeviceAndPutsThePickedOnesIntoAMap() throws Exception {
    Path map = folder.resolve("acme/rtu.bacnet.yaml");
    assertThat(bacnet("--map", map.toString(), "analog-input:1=supply_air_temp")).isZero();
    assertThat(lines())
        .anyMatch(line -> line.startsWith("analog-input:1  ") && line.contains("  Cel"));
    assertThat(map)
        .hasContent(
            "protocol: bacnet\n"
                + "points:\n"
                + "  - {metric: supply_air_temp, object: \"analog-input:1\", unit: Cel}\n");
    assertThat(bacnet("--map", map.toString(), "analog-input:2=return_air_temp")).isZero();
    assertThat(map).content().contains("supply_air_temp", "return_air_temp");
    String before = Files.readString(map);
    assertThat(bacnet("--map", map.toString(), "analog-input:3=return_air_temp")).isEqualTo(1);
    assertThat(said.toString()).contains("nothing is written", "return_air_temp");
    assertThat(map).hasContent(before);
  }

  @Test
  void findsTheBacnetDevicesThatAnswer() {
    assertThat(
            run(
                "bacnet",
                "*",
                "--option",
                "broadcast=" + bacnet.address(),
                "--option",
                "bind=127.0.0.1:0"))
        .isZero();
    assertThat(lines()).hasSize(1).allMatch(line -> line.startsWith("device:1002/  "));
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(run("modbus-tcp", "127.0.0.1:1")).isEqualTo(2);
    assertThat(said.toString()).contains("expected opcua or bacnet, got modbus-tcp");
    Path map = folder.resolve("m.yaml");
    assertThat(bacnet("--map", map.toString(), "analog-input:99=flow")).isEqualTo(2);
    assertThat(said.toString()).contains("analog-input:99=flow: expected NODE=METRIC");
    assertThat(map).doesNotExist();
    assertThat(run("opcua", "opc.tcp://127.0.0.1:1/", "--pki", folder.toString())).isEqualTo(1);
    assertThat(said.toString()).contains("opc.tcp://127.0.0.1:1/: ");
  }

  private int opcua(String... more) {
    return of("opcua", opcua.address(), more, "--pki", folder.toString());
  }

  private int bacnet(String... more) {
    return of("bacnet", bacnet.address(), more);
  }

  private int of(String protocol, String address, String[] more, String... last) {
    return run(
        Stream.of(new String[] {protocol, address}, last, more)
            .flatMap(Arrays::stream)
            .toArray(String[]::new));
  }

  private int run(String... arguments) {
    said.getBuffer().setLength(0);
    return new CommandLine(new FieldbusBrowse())
        .setOut(new PrintWriter(said))
        .setErr(new PrintWriter(said))
        .execute(arguments);
  }

  private List<String> lines() {
    return said.toString().lines().toList();
  }
}
