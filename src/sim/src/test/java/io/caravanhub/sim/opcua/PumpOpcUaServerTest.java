package io.caravanhub.sim.opcua;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import io.caravanhub.sim.plant.Pump;
import io.caravanhub.sim.plant.PumpReading;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PumpOpcUaServerTest {
  private final Pump pump = new Plant(1, FaultTimetable.none()).pump("PUMP-1");
  private PumpOpcUaServer server;
  private OpcUaClient client;

  @BeforeEach
  void connect() throws Exception {
    server = new PumpOpcUaServer(pump, 0);
    client = OpcUaClient.create(server.address());
    client.connect();
  }

  @AfterEach
  void disconnect() throws Exception {
    client.disconnect();
    server.close();
  }

  @Test
  void theMapOfTheDeviceReadsWhatTheSensorsShow() throws Exception {
    Map<String, Object> read = new HashMap<>();
    Path map = Path.of(System.getProperty("hub.root", "../.."), "mappings/ardent/p-40.opcua.yaml");
    for (JsonNode point : new YAMLMapper().readTree(map.toFile()).path("points")) {
      read.put(point.path("metric").asText(), read(point.path("node").asText()).value().value());
    }
    PumpReading shown = pump.reading();

    assertThat(read)
        .hasSize(9)
        .containsEntry("flow", shown.flow())
        .containsEntry("differential_pressure", shown.head())
        .containsEntry("vibration_rms", shown.vibration())
        .containsEntry("bearing_temp", shown.bearingTemp());
  }

  @Test
  void theNamespaceIsTheSecondAfterTheServersOwn() throws Exception {
    assertThat(client.getNamespaceTable().get(2)).isEqualTo("urn:caravanhub:plant");
  }

  @Test
  void aClientCannotWriteASensor() throws Exception {
    List<StatusCode> status =
        client.writeValues(
            List.of(NodeId.parse("ns=2;s=PUMP-1/Flow")),
            List.of(DataValue.valueOnly(new Variant(1.0))));

    assertThat(status.get(0).isGood()).isFalse();
  }

  private DataValue read(String node) throws Exception {
    return client.readValue(0, TimestampsToReturn.Both, NodeId.parse(node));
  }
}
