package io.caravanhub.sim;

import static com.dashjoin.jsonata.Jsonata.jsonata;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.sim.mqtt.AeroTopPayload;
import io.caravanhub.sim.mqtt.FlowMatePayload;
import io.caravanhub.sim.oem.KestrelPayload;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.HvacReading;
import io.caravanhub.sim.plant.Plant;
import io.caravanhub.sim.plant.PumpReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MappingsTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root", "../.."));
  private static final Path KESTREL = ROOT.resolve("connectors/oem/kestrel");
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00.250Z");

  private final ObjectMapper json = new ObjectMapper();
  private final Plant plant = new Plant(1, FaultTimetable.demo());

  @Test
  void whatAnAeroTopSendsIsWhatItsSensorsShow() throws Exception {
    HvacReading reading = plant.unit("RTU-2").reading();

    JsonNode mapped =
        map(
            ROOT.resolve("mappings/halden/aerotop.jsonata"),
            new AeroTopPayload("RTU-2").encode(reading, NOON));

    assertThat(mapped.path("timestamp").asLong()).isEqualTo(NOON.toEpochMilli());
    assertThat(mapped.path("measurements")).hasSize(14);
    assertThat((value(mapped, "supply_air_temp") - 32) / 1.8)
        .isCloseTo(reading.supplyAirTemp(), within(0.01));
    assertThat(value(mapped, "suction_pressure") * 6.894757)
        .isCloseTo(reading.suctionPressure(), within(0.1));
    assertThat(value(mapped, "superheat")).isCloseTo(reading.superheat(), within(0.01));
    assertThat(value(mapped, "filter_pressure_drop") * 249.08891)
        .isCloseTo(reading.filterPressureDrop(), within(0.1));
  }

  @Test
  void whatAFlowMateSendsIsWhatItsSensorsShow() throws Exception {
    PumpReading reading = plant.pump("PUMP-2").reading();

    JsonNode mapped =
        map(
            ROOT.resolve("mappings/brisk/flowmate.jsonata"),
            new FlowMatePayload("PUMP-2").encode(reading, NOON));

    assertThat(Instant.parse(mapped.path("timestamp").asText())).isEqualTo(NOON);
    assertThat(mapped.path("measurements")).hasSize(9);
    assertThat(value(mapped, "vibration_rms")).isEqualTo(reading.vibration());
    assertThat(value(mapped, "differential_pressure") / 1000)
        .isCloseTo(reading.head(), within(0.1));
  }

  @Test
  void whatTheKestrelCloudSendsIsWhatTheSensorsShow() throws Exception {
    HvacReading reading = plant.unit("RTU-3").reading();

    JsonNode mapped =
        map(
            KESTREL.resolve("telemetry.jsonata"),
            new KestrelPayload("RTU-3").encode(reading, NOON));

    assertThat(mapped.path("device_id").asText()).isEqualTo("RTU-3");
    assertThat(mapped.path("measurements")).hasSize(14);
    assertThat(value(mapped, "return_air_temp")).isEqualTo(reading.returnAirTemp());
    assertThat(value(mapped, "discharge_pressure") * 100)
        .isCloseTo(reading.dischargePressure(), within(0.1));
    assertThat(mapped.path("metadata").path("faults")).isEmpty();
  }

  private JsonNode map(Path mapping, byte[] payload) throws IOException {
    Object input = json.readValue(payload, Object.class);
    Object output = jsonata(Files.readString(mapping)).evaluate(input);
    return json.readTree(json.writeValueAsString(output));
  }

  private static double value(JsonNode mapped, String metric) {
    for (JsonNode measurement : mapped.path("measurements")) {
      if (measurement.path("name").asText().equals(metric)) {
        return measurement.path("value").asDouble();
      }
    }
    throw new AssertionError("no measurement " + metric + " in " + mapped);
  }
}
