package io.caravanhub.edge.work;

import static io.caravanhub.edge.work.Site.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.edge.model.EdgeModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelTest {
  private final List<String> events = new ArrayList<>();
  private final List<float[]> asked = new ArrayList<>();
  private final EdgeModel sum =
      new EdgeModel() {
        @Override
        public int inputs() {
          return -1;
        }

        @Override
        public float[] infer(float[] inputs) {
          asked.add(inputs);
          float sum = 0;
          for (float input : inputs) {
            sum += input;
          }
          if (sum == 13) {
            throw new IllegalStateException("unlucky");
          }
          return new float[] {sum == 14 ? Float.NaN : sum};
        }

        @Override
        public void close() {}
      };
  private final CanonicalMessage message =
      new CanonicalMessage(new SeriesTable(metric -> new Series(metric, null, null)));

  private DeviceModel model(String yaml) {
    ModelSettings settings =
        WorkSettingsTest.read("models: {file: m.onnx, output: score, " + yaml + "}")
            .models()
            .get(0);
    return new DeviceModel("D", settings, sum, new ModelCounts());
  }

  private ArrayNode take(DeviceModel model, ObjectNode readings) {
    assertThat(message.read(Site.bytes(readings))).isTrue();
    ArrayNode scores = Site.JSON.createArrayNode();
    model.take(message, scores, body -> events.add(new String(body, StandardCharsets.UTF_8)));
    return scores;
  }

  @Test
  void aModelThatNothingCanReadIsToldWithTheWayOut() {
    WorkSettings settings =
        WorkSettingsTest.read("models: {file: m.onnx, inputs: {metric: a}, output: s}");
    assertThatThrownBy(() -> new EdgeModels(settings))
        .hasMessage(
            "work.models.file: nothing here reads m.onnx; for .onnx put the jars caravan-edge-onnx"
                + " and onnxruntime into ./model-lib");
  }

  @Test
  void aModelIsAskedWhenAllItsInputsAreKnownAndYoung() {
    DeviceModel model = model("inputs: [{metric: a}, {metric: b, over: PT10S}]");
    assertThat(take(model, Site.with(Site.message(NOON), "a", 1))).isEmpty();
    assertThat(take(model, Site.with(Site.message(NOON.plusSeconds(1)), "b", 2)).toString())
        .isEqualTo("[{\"name\":\"score\",\"value\":3.0}]");
    assertThat(take(model, Site.with(Site.message(NOON.plusSeconds(2)), "c", 2))).isEmpty();
    assertThat(take(model, Site.with(Site.message(NOON.plusSeconds(11)), "a", 5))).hasSize(1);
    assertThat(take(model, Site.with(Site.message(NOON.plusSeconds(12)), "a", 5))).isEmpty();
    assertThat(take(model, Site.bad(Site.message(NOON.plusSeconds(13)), "b", "x"))).isEmpty();
  }

  @Test
  void itIsAskedNoMoreOftenThanItIsToBe() {
    DeviceModel model = model("every: PT10S, inputs: {metric: a}");
    for (int second = 0; second < 35; second++) {
      take(model, Site.with(Site.message(NOON.plusSeconds(second)), "a", second));
    }
    assertThat(asked).hasSize(4);
  }

  @Test
  void featuresAreThoseOfTheReadingsInTheirWindow() {
    DeviceModel model =
        model(
            """
            inputs: [{metric: a, feature: mean, over: PT20S}, {metric: a, feature: min, over: PT20S},
                     {metric: a, feature: max, over: PT20S}, {metric: a, feature: std, over: PT20S}]\
            """);
    Random random = new Random(3);
    List<Double> raw = new ArrayList<>();
    for (int second = 0; second < 100; second++) {
      double value = random.nextGaussian();
      raw.add(value);
      take(model, Site.with(Site.message(NOON.plusSeconds(second)), "a", value));
      double[] in = raw.stream().skip(Math.max(0, second - 20)).mapToDouble(v -> v).toArray();
      double mean = Arrays.stream(in).average().orElseThrow();
      double variance = Arrays.stream(in).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      float[] features = asked.get(second);
      assertThat(features[0]).isCloseTo((float) mean, within(1e-5f));
      assertThat(features[1]).isEqualTo((float) Arrays.stream(in).min().orElseThrow());
      assertThat(features[2]).isEqualTo((float) Arrays.stream(in).max().orElseThrow());
      assertThat(features[3]).isCloseTo((float) Math.sqrt(variance), within(1e-5f));
    }
  }

  @Test
  void aModelThatFailsIsToldAsABadScore() {
    DeviceModel model = model("inputs: {metric: a}");
    assertThat(take(model, Site.with(Site.message(NOON), "a", 13)).toString())
        .contains("\"value\":null", "\"quality\":\"bad\"", "the model failed: unlucky");
    assertThat(take(model, Site.with(Site.message(NOON.plusSeconds(1)), "a", 14)).toString())
        .contains("the model gave no number");
  }

  @Test
  void aScoreRaisesAndClearsAnEventOnce() {
    DeviceModel model = model("inputs: {metric: a}, event: {above: 5, clear: 3, severity: high}");
    double[] values = {1, 6, 7, 4, 6, 2, 1, 9};
    for (int second = 0; second < values.length; second++) {
      take(model, Site.with(Site.message(NOON.plusSeconds(second)), "a", values[second]));
    }
    assertThat(events).hasSize(3);
    assertThat(events.get(0)).contains("\"raised\"", "\"model:m.onnx\"", "\"high\"", "is 6.0");
    assertThat(events.get(1)).contains("\"cleared\"", "\"onset\":\"2026-01-01T12:00:01Z\"");
    assertThat(events.get(2)).contains("\"raised\"");
  }
}
