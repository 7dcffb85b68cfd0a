package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Finds the SunSpec models of a device and makes a device map of those that are known. Walking
 * waits for the device; it is for commands, not for polling.
 */
public final class SunSpecWalk {
  private static final YAMLMapper YAML = new YAMLMapper();
  // SunSpec Device Information Model Specification, "Device Modbus Map": the three places and
  // "SunS".
  private static final int[] BASES = {40000, 0, 50000};
  private static final int SUN = 0x5375;
  private static final int S = 0x6E53;
  private static final int END = 0xFFFF;
  private static final int MOST_MODELS = 200;

  private SunSpecWalk() {}

  /** Reads holding registers. */
  public interface Registers {
    /**
     * Registers from an address on.
     *
     * @throws IOException when the device does not answer, or refuses
     */
    int[] read(int address, int quantity) throws IOException;
  }

  /**
   * A model in a device.
   *
   * @param id the model's number
   * @param address of its first register, the one with its number
   * @param length registers after the two of its head
   */
  public record Model(int id, int address, int length) {}

  /**
   * What a walk found.
   *
   * @param title manufacturer, model and serial number as model 1 has them
   * @param models all of them, in the device's order
   * @param map the device map
   * @param points how many points it has
   */
  public record Found(String title, List<Model> models, String map, int points) {}

  /**
   * Walks a device.
   *
   * @throws IOException when it does not answer, is no SunSpec device, or has none of the known
   *     models
   */
  public static Found walk(Registers registers) throws IOException {
    List<Model> models = models(registers, base(registers) + 2);
    String title = "SunSpec device";
    List<String> comments = new ArrayList<>();
    List<ObjectNode> points = new ArrayList<>();
    Set<String> metrics = new HashSet<>();
    for (Model model : models) {
      if (model.id == 1 && model.length >= 64) {
        title =
            String.join(
                ", ",
                text(registers, model, 2),
                text(registers, model, 18),
                text(registers, model, 50));
      }
      int before = points.size();
      addPoints(model, metrics, points);
      comments.add(
          "# model %d at %d: %s"
              .formatted(
                  model.id,
                  model.address,
                  points.size() > before
                      ? points.size() - before + " points"
                      : model.id == 1 ? "who made it" : "not known here"));
    }
    if (points.isEmpty()) {
      throw new IOException("the device has none of the models that are known here: " + models);
    }
    comments.add(0, "# " + title + ", by a walk of its SunSpec models.");
    return new Found(title, models, MapText.write(comments, head(), points), points.size());
  }

  private static int base(Registers registers) throws IOException {
    IOException refused = null;
    for (int base : BASES) {
      try {
        int[] mark = registers.read(base, 2);
        if (mark[0] == SUN && mark[1] == S) {
          return base;
        }
      } catch (IOException e) {
        refused = e;
      }
    }
    throw new IOException(
        "no SunSpec device: \"SunS\" is at none of 40000, 0 and 50000"
            + (refused == null ? "" : " (" + refused.getMessage() + ")"),
        refused);
  }

  private static List<Model> models(Registers registers, int first) throws IOException {
    List<Model> models = new ArrayList<>();
    int address = first;
    while (address < 0xFFFE && models.size() < MOST_MODELS) {
      int[] head = registers.read(address, 2);
      if (head[0] == END) {
        return models;
      }
      models.add(new Model(head[0], address, head[1]));
      address += 2 + head[1];
    }
    throw new IOException("the device's list of models has no end: " + models);
  }

  private static String text(Registers registers, Model model, int offset) throws IOException {
    int[] words = registers.read(model.address + offset, 16);
    byte[] bytes = new byte[32];
    for (int i = 0; i < 16; i++) {
      bytes[2 * i] = (byte) (words[i] >> 8);
      bytes[2 * i + 1] = (byte) words[i];
    }
    return String.valueOf(RegisterType.STRING.decode(bytes, 0, 16, RegisterOrder.ABCD));
  }

  private static ObjectNode head() {
    ObjectNode head = YAML.createObjectNode();
    head.put("protocol", ModbusProtocol.TCP);
    // What SunSpec calls not implemented.
    head.putObject("noValue").put("uint16", 0xFFFF).put("int16", 0x8000).put("uint32", 0xFFFFFFFFL);
    return head;
  }

  private static void addPoints(Model model, Set<String> metrics, List<ObjectNode> points)
      throws IOException {
    JsonNode known = known(model.id);
    int phases = Math.min(model.id % 10, 3);
    for (JsonNode point : known.path("points")) {
      if (point.path("phases").asInt(0) > phases || point.path("at").asInt() > model.length) {
        continue;
      }
      ObjectNode made = point.deepCopy();
      made.remove(List.of("at", "sf", "phases", "metric", "type"));
      ObjectNode ordered = YAML.createObjectNode();
      ordered.put("metric", unused(point.path("metric").asText(), known, metrics));
      ordered.put("address", model.address + point.path("at").asInt());
      ordered.set("type", point.path("type"));
      if (point.has("sf")) {
        ordered.put("exponent", model.address + point.path("sf").asInt());
      }
      ordered.setAll(made);
      points.add(ordered);
    }
  }

  private static String unused(String metric, JsonNode known, Set<String> metrics) {
    String kind = known.path("kind").asText() + "_";
    String name = metrics.contains(metric) && !metric.startsWith(kind) ? kind + metric : metric;
    String free = name;
    for (int i = 2; !metrics.add(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  private static JsonNode known(int id) throws IOException {
    try (InputStream file =
        Objects.requireNonNull(SunSpecWalk.class.getResourceAsStream("sunspec-models.yaml"))) {
      for (JsonNode group : YAML.readTree(file)) {
        for (JsonNode model : group.path("models")) {
          if (model.asInt() == id) {
            return group;
          }
        }
      }
    }
    return YAML.missingNode();
  }
}
