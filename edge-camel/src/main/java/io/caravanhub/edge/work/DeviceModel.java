package io.caravanhub.edge.work;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.edge.model.EdgeModel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One model's view of one device. Not thread-safe. */
final class DeviceModel {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String device;
  private final ModelSettings settings;
  private final EdgeModel model;
  private final List<FeatureWindow> features;
  private final ModelCounts counts;
  private long askedAt = Long.MIN_VALUE;
  private @Nullable Long raisedAt;

  DeviceModel(String device, ModelSettings settings, EdgeModel model, ModelCounts counts) {
    this.device = device;
    this.settings = settings;
    this.model = model;
    this.counts = counts;
    this.features = settings.inputs().stream().map(FeatureWindow::new).toList();
  }

  /**
   * Takes the readings of a message in and asks the model when it is time.
   *
   * @param scores takes what it says, as measurements
   * @param events takes what that sets off, as bodies of events
   */
  void take(CanonicalMessage message, ArrayNode scores, Consumer<byte[]> events) {
    boolean fresh = false;
    for (int i = 0; i < message.count(); i++) {
      Series series = message.series(i);
      double number = message.number(i);
      if (series == null || Double.isNaN(number) || message.quality(i) != Quality.GOOD) {
        continue;
      }
      for (FeatureWindow feature : features) {
        if (feature.metric().equals(series.metric())) {
          feature.add(message.at(), number);
          fresh = true;
        }
      }
    }
    long at = message.at();
    boolean time =
        askedAt == Long.MIN_VALUE
            || at < askedAt
            || at - askedAt >= settings.every().toNanos() / 1_000;
    if (fresh && time) {
      ask(at, scores, events);
    }
  }

  private void ask(long at, ArrayNode scores, Consumer<byte[]> events) {
    float[] inputs = new float[features.size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) features.get(i).get(at);
      if (!Float.isFinite(inputs[i])) {
        return;
      }
    }
    askedAt = at;
    float[] outputs;
    try {
      // One session serves all devices.
      synchronized (model) {
        outputs = model.infer(inputs);
      }
      counts.inferred();
    } catch (IllegalStateException e) {
      counts.failed();
      bad(scores, settings.outputs().get(0), "the model failed: " + e.getMessage());
      return;
    }
    for (int i = 0; i < Math.min(outputs.length, settings.outputs().size()); i++) {
      if (Float.isFinite(outputs[i])) {
        // The shortest decimal of a float, not the float's digits as a double.
        double value = Double.parseDouble(Float.toString(outputs[i]));
        scores.addObject().put("name", settings.outputs().get(i)).put("value", value);
      } else {
        bad(scores, settings.outputs().get(i), "the model gave no number");
      }
    }
    judge(at, outputs[0], events);
  }

  private static void bad(ArrayNode scores, String metric, String reason) {
    ObjectNode score = scores.addObject().put("name", metric).putNull("value");
    score.put("quality", "bad").put("reason", reason);
  }

  private void judge(long at, float score, Consumer<byte[]> events) {
    ModelSettings.Event event = settings.event();
    if (event == null || !Float.isFinite(score)) {
      return;
    }
    if (raisedAt == null && score > event.above()) {
      raisedAt = at;
      events.accept(event(event, at, at, score, "raised"));
    } else if (raisedAt != null && score <= event.clear()) {
      events.accept(event(event, raisedAt, at, score, "cleared"));
      raisedAt = null;
    }
  }

  private byte[] event(ModelSettings.Event event, long onset, long at, float score, String state) {
    counts.event();
    String name = settings.file().getFileName().toString();
    String metric = settings.outputs().get(0);
    ObjectNode body = JSON.createObjectNode();
    body.put("rule", "model:" + name).put("type", event.type()).put("severity", event.severity());
    body.put("device_id", device).put("metric", metric).put("value", score);
    body.put("threshold", event.above());
    body.put("timestamp", MessageTime.instant(at).toString());
    body.put("onset", MessageTime.instant(onset).toString()).put("state", state);
    String text =
        event.message().isEmpty()
            ? metric + " of " + name + " is " + score + ", above " + event.above()
            : event.message();
    body.put("message", text);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }
}
