package io.caravanhub.edge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.edge.model.EdgeModel;
import io.caravanhub.edge.work.EdgeModels;
import io.caravanhub.edge.work.WorkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are run by the ONNX runtime. */
class OnnxModelTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private EdgeModel open(byte[] model) throws IOException {
    return new OnnxFormat().open(Files.write(folder.resolve("m.onnx"), model));
  }

  @Test
  void aRowOfNumbersIsScored() throws IOException {
    try (EdgeModel model = open(OnnxBytes.linear(new float[] {0.5f, 2, -1}, 10, false))) {
      assertThat(model.inputs()).isEqualTo(3);
      assertThat(model.infer(new float[] {4, 1, 3})).containsExactly(11);
      assertThat(model.infer(new float[] {0, 0, 0})).containsExactly(10);
    }
    try (EdgeModel model = open(OnnxBytes.linear(new float[] {1}, -80, true))) {
      assertThat(model.infer(new float[] {80})[0]).isEqualTo(0.5f);
      assertThat(model.infer(new float[] {85})[0]).isCloseTo(0.9933f, within(1e-4f));
    }
  }

  @Test
  void inputsOfOneNumberEachAreFedInTheirOrder() throws IOException {
    try (EdgeModel model = open(OnnxBytes.sumOfTwo())) {
      assertThat(model.inputs()).isEqualTo(2);
      assertThat(model.infer(new float[] {4, 1.5f})).containsExactly(5.5f);
    }
  }

  @Test
  void aFileOfNoiseIsRefusedInOneLine() {
    assertThatThrownBy(() -> open(new byte[] {1, 2, 3}))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("not a model that can be run: ");
  }

  private WorkSettings settings(String inputs) throws IOException {
    String yaml =
        """
        models:
          - file: bearing.onnx
            devices: PUMP-*
            inputs: %s
            output: bearing_score
            event: {above: 0.9, clear: 0.5, severity: high, message: bearing is failing}
        """
            .formatted(inputs);
    return WorkSettings.read(new ObjectMapper(new YAMLFactory()).readTree(yaml), folder, folder);
  }

  @Test
  void aModelThatTakesOtherNumbersIsRefused() throws IOException {
    Files.write(folder.resolve("bearing.onnx"), OnnxBytes.linear(new float[] {1, 1}, 0, false));
    WorkSettings settings = settings("[{metric: bearing_temp}]");
    assertThatThrownBy(() -> new EdgeModels(settings))
        .hasMessage("work.models[0].inputs: the model takes 2 numbers, listed are 1");
  }

  @Test
  void aScoreGoesOnWithTheReadingsAndAnEventBeforeThem() throws Exception {
    // sigmoid(temp + 10 * std - 80)
    Files.write(folder.resolve("bearing.onnx"), OnnxBytes.linear(new float[] {1, 10}, -80, true));
    EdgeModels models =
        new EdgeModels(
            settings(
                "[{metric: bearing_temp}, {metric: vibration_rms, feature: std, over: PT1M}]"));
    List<JsonNode> kept = new CopyOnWriteArrayList<>();
    Main main = new Main();
    main.bind(EdgeModels.NAME, models);
    main.addInitialProperty("channel.raw.to", "direct:raw");
    main.configure()
        .addRoutesBuilder(
            new RouteBuilder() {
              @Override
              public void configure() {
                from("direct:raw")
                    .process(EdgeModels.NAME)
                    .process(it -> kept.add(JSON.readTree(it.getMessage().getBody(byte[].class))));
              }
            });
    main.start();
    try {
      double[][] readings = {{70, 2}, {70, 2}, {80, 4}, {60, 3}};
      for (int second = 0; second < readings.length; second++) {
        String body =
            """
            {"device_id":"PUMP-1","timestamp":"2026-01-01T12:00:0%dZ","measurements":[
             {"name":"bearing_temp","value":%s},{"name":"vibration_rms","value":%s}]}\
            """
                .formatted(second, readings[second][0], readings[second][1]);
        main.getCamelContext()
            .createProducerTemplate()
            .sendBodyAndHeader("direct:raw", body.getBytes(), TelemetryHeaders.DEVICE, "PUMP-1");
      }
    } finally {
      main.stop();
    }
    assertThat(kept).hasSize(6);
    assertThat(kept.get(0).at("/measurements/2/name").asText()).isEqualTo("bearing_score");
    assertThat(kept.get(0).at("/measurements/2/value").doubleValue())
        .isCloseTo(1 / (1 + Math.exp(10)), within(1e-6));
    assertThat(kept.get(2).get("state").asText()).isEqualTo("raised");
    assertThat(kept.get(2).get("message").asText()).isEqualTo("bearing is failing");
    assertThat(kept.get(2).get("device_id").asText()).isEqualTo("PUMP-1");
    assertThat(kept.get(3).at("/measurements/2/value").doubleValue()).isGreaterThan(0.99);
    assertThat(kept.get(4).get("state").asText()).isEqualTo("cleared");
    assertThat(kept.get(4).get("onset")).isEqualTo(kept.get(2).get("onset"));
    assertThat(models.report()).containsEntry("inferences", 4L).containsEntry("events", 2L);
  }
}
