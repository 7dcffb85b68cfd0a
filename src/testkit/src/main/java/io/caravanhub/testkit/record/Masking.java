package io.caravanhub.testkit.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts made-up values in the place of those by which somebody could be recognised: names,
 * addresses, coordinates, e-mail, serials and ids, tokens. One value is one mask in everything that
 * one instance masks; an id keeps its length and its kinds of characters. First everything is
 * learned, then masked. Belongs to one thread.
 */
final class Masking {
  private static final String NOT_PERSONAL =
      "(model|product|type|device_?type|metric|sensor_?type|unit|measurement|parameter|file|event|class"
          + "|kind|mode|program|zone_?type|firmware|software|variable|field|point|channel)name";
  private static final String NAMED =
      ".*(name|label|title|alias|description|note|comment|remark)s?";
  private static final String PERSON =
      ".*(email|mail|phone|mobile|telephone|owner|contact|customer|company|login|username|user)";
  private static final String PLACE =
      ".*(address|street|city|town|zip|zipcode|postalcode|postcode|location|site|building|room)";
  private static final String COORDINATE =
      "lat|lon|lng|long|latitude|longitude|gps|coordinates|geo|elevation|altitude";
  private static final String ID =
      "(.*(serial|serialnumber|serialno|mac|macaddress|eui|uuid|guid|imei|iccid|imsi|ip|ipaddress"
          + "|ssid|bssid)|sn|uid|id|.*id|identifier)";
  private static final String NO_ID =
      ".*(model|type|product|family|plan|mode|metric|schema|version)id";
  private static final String SECRET =
      ".*(token|secret|password|passwd|pwd|apikey|session|cookie|signature|jwt|pin|key)";

  private static final String LOOKS_LIKE_ID =
      "(?i)([0-9a-f]{2}[:-]){5}[0-9a-f]{2}"
          + "|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
          + "|[0-9a-f]{12,}|eyJ[A-Za-z0-9_.-]{20,}|(?=.*\\d)(?=.*[a-z])[A-Za-z0-9_-]{24,}";
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\d([T ].*)?|\\d{2}:\\d{2}(:\\d{2})?";
  private static final int SHORTEST_INSIDE = 5;

  private final Random random = new SecureRandom();
  private final Set<String> kept;
  private final Map<String, String> masks = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /**
   * @param kept words of the mechanism, which a mapping compares with
   * @param secrets what stands in for each credential
   */
  Masking(Set<String> kept, Map<String, String> secrets) {
    this.kept = kept;
    secrets.forEach(masks::put);
  }

  /** How many values have a mask. */
  int count() {
    return masks.size();
  }

  /** Finds out what has to be masked. */
  void learn(JsonNode node) {
    learn(node, "", false);
  }

  private void learn(JsonNode node, String name, boolean measured) {
    if (node.isObject()) {
      boolean reading =
          node.has("value") || node.has("unit") || node.has("values") || node.has("metric");
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        if (field.getKey().matches(LOOKS_LIKE_ID)) {
          note(field.getKey(), "id");
        }
        learn(field.getValue(), field.getKey(), reading);
      }
    } else if (node.isArray()) {
      node.forEach(element -> learn(element, name, measured));
    } else if (node.isTextual() || node.isNumber()) {
      String kind =
          kind(node, name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT), measured);
      if (!kind.isEmpty()) {
        note(node.asText(), kind);
      }
    }
  }

  /** What kind of a value it is, empty for one that may stay. */
  private String kind(JsonNode node, String name, boolean measured) {
    String text = node.asText();
    if (text.isBlank() || kept.contains(text) || text.matches(TIME)) {
      return "";
    }
    if (name.matches(COORDINATE) && text.matches("-?\\d+(\\.\\d+)?")) {
      return "number";
    }
    if (node.isNumber()) {
      return name.matches(ID) && !name.matches(NO_ID) && text.matches("\\d{4,}") ? "id" : "";
    }
    if (text.matches("[^@\\s]+@[^@\\s]+\\.[^@\\s]+")) {
      return "mail";
    }
    if (text.matches(LOOKS_LIKE_ID)
        || text.matches("(\\d{1,3}\\.){3}\\d{1,3}") && !name.matches(".*(version|firmware|fw)")
        || text.matches("\\+\\d[\\d ()-]{7,}")) {
      return "id";
    }
    if (name.matches(SECRET) && text.length() >= 8) {
      return "id";
    }
    if (name.matches(ID) && !name.matches(NO_ID) && text.length() >= 4 && !measured) {
      return "id";
    }
    if (name.matches(PERSON + "|" + PLACE)) {
      return name.matches(PLACE) ? "place" : "person";
    }
    return name.matches(NAMED) && !name.matches(NOT_PERSONAL) && !measured ? "name" : "";
  }

  private void note(String value, String kind) {
    if (!masks.containsKey(value)) {
      String mask = value;
      for (int i = 0; i < 100 && (mask.equals(value) || !used.add(mask)); i++) {
        mask = mask(value, kind);
      }
      masks.put(value, mask);
    }
  }

  private String mask(String value, String kind) {
    return switch (kind) {
      case "mail" -> "person" + counts.merge(kind, 1, Integer::sum) + "@example.com";
      case "name", "person", "place" ->
          kind.substring(0, 1).toUpperCase(Locale.ROOT)
              + kind.substring(1)
              + " "
              + counts.merge(kind, 1, Integer::sum);
      case "number" -> number(new BigDecimal(value));
      default -> shaped(value);
    };
  }

  private String number(BigDecimal value) {
    return BigDecimal.valueOf(10 + random.nextDouble() * 40)
        .setScale(value.scale(), java.math.RoundingMode.DOWN)
        .toPlainString();
  }

  private String shaped(String value) {
    boolean hex = value.matches("(?i)[0-9a-f:_-]*[a-f][0-9a-f:_-]*") && value.matches(".*\\d.*");
    StringBuilder mask = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isDigit(c)) {
        mask.append((char) (c == '0' ? '0' : '1' + (c - '1' + 1 + random.nextInt(8)) % 9));
      } else if (Character.isLetter(c)) {
        char letter = (char) ('a' + random.nextInt(hex ? 6 : 26));
        mask.append(Character.isUpperCase(c) ? Character.toUpperCase(letter) : letter);
      } else {
        mask.append(c);
      }
    }
    return mask.toString();
  }

  /** The same with every mask in its place. */
  JsonNode masked(JsonNode node) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    if (node instanceof ObjectNode object) {
      ObjectNode copy = make.objectNode();
      object.properties().forEach(f -> copy.set(text(f.getKey()), masked(f.getValue())));
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = make.arrayNode();
      array.forEach(element -> copy.add(masked(element)));
      return copy;
    }
    String mask = masks.get(node.asText());
    if (node.isNumber() && mask != null && mask.matches("-?\\d+(\\.\\d+)?")) {
      BigDecimal number = new BigDecimal(mask);
      return node.isIntegralNumber()
          ? make.numberNode(number.toBigInteger())
          : make.numberNode(number);
    }
    return node.isTextual() ? make.textNode(text(node.asText())) : node;
  }

  /**
   * The same with whole values masked alone: a request's own words may hold one by chance, in its
   * query language for instance.
   */
  JsonNode exact(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      object.properties().forEach(f -> copy.set(f.getKey(), exact(f.getValue())));
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      array.forEach(element -> copy.add(exact(element)));
      return copy;
    }
    return masks.containsKey(node.asText()) ? masked(node) : node;
  }

  /** A text, a path for instance, with what is in it masked. */
  String text(String text) {
    String whole = masks.get(text);
    if (whole != null) {
      return whole;
    }
    String masked = text;
    for (Map.Entry<String, String> mask : masks.entrySet()) {
      if (mask.getKey().length() >= SHORTEST_INSIDE) {
        masked = masked.replace(mask.getKey(), mask.getValue());
      }
    }
    return masked;
  }

  /** As {@link #text}, each segment for itself too, for short ids. */
  String path(String path) {
    return Stream.of(path.split("/", -1)).map(this::text).collect(Collectors.joining("/"));
  }
}
