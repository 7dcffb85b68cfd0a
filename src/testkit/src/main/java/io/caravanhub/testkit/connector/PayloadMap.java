package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Payloads through the mappings of a connector, each with what came of it. Which request an answer
 * belongs to is found out by trying them: the one whose items are there and understood best has it.
 * What no request answers like is tried as one device's part, and then, as an archive or a stream
 * has them, what lies in it. Belongs to one thread.
 */
public final class PayloadMap {
  /** How deep parts are looked for in what is nobody's answer. */
  private static final int DEEP = 4;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<PayloadSource> sources;
  private final PartMapper mapper;

  /**
   * @param request of {@code cloud.yaml}; empty for whichever fits
   */
  public PayloadMap(ConnectorFolder connector, String request) throws IOException {
    sources = PayloadSource.of(connector, request);
    mapper = new PartMapper(connector);
  }

  /** {@code {file, readings, devices, faults, leftover, error}}. */
  public Map<String, Object> read(Path payload) {
    PayloadLine line = new PayloadLine(payload.toString());
    List<JsonNode> documents;
    try {
      documents = documents(payload);
    } catch (IOException | RuntimeException e) {
      line.fail(
          "cannot be read as JSON: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()));
      return line.json();
    }
    try {
      for (JsonNode document : documents) {
        read(document, line);
      }
    } catch (RuntimeException e) {
      line.fail(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    return line.json();
  }

  /** One document after the other: the usual one, or a stream's with one a line. */
  private static List<JsonNode> documents(Path payload) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    try (JsonParser parser = JSON.getFactory().createParser(payload.toFile())) {
      while (parser.nextToken() != null) {
        documents.add(JSON.readTree(parser));
      }
    }
    if (documents.isEmpty()) {
      throw new IOException("the file is empty");
    }
    return documents;
  }

  private void read(JsonNode document, PayloadLine line) {
    Understood best = best(document, true);
    if (!best.understood()) {
      Understood single = best(document, false);
      best = single.understood() ? single : best;
    }
    if (best.understood()) {
      best.into(line);
      line.outside(document, best.items());
      return;
    }
    List<Understood> inside = new ArrayList<>();
    below(document, DEEP, inside);
    if (!inside.isEmpty()) {
      List<JsonNode> taken = new ArrayList<>();
      for (Understood one : inside) {
        one.into(line);
        taken.addAll(one.items());
      }
      line.outside(document, taken);
      return;
    }
    line.outside(document, List.of());
    if (holdsValues(document)) {
      String failure = best.failure();
      line.fail(
          failure == null || failure.contains(Understood.NOTHING_IN_IT)
              ? nothing(document)
              : failure);
    }
  }

  /** An answer without devices, or without what it is about, is empty and no failure. */
  private static boolean holdsValues(JsonNode node) {
    if (!node.isContainerNode()) {
      return true;
    }
    for (JsonNode child : node) {
      if (holdsValues(child)) {
        return true;
      }
    }
    return false;
  }

  private void below(JsonNode node, int deep, List<Understood> found) {
    for (JsonNode child : node) {
      if (!child.isContainerNode() || deep == 0) {
        continue;
      }
      Understood one = best(child, false);
      if (one.readings() > 0) {
        found.add(one);
      } else {
        below(child, deep - 1, found);
      }
    }
  }

  /**
   * What is made of a document by the request that understands most of it.
   *
   * @param answer whether it is a whole answer; else it is one part
   */
  private Understood best(JsonNode document, boolean answer) {
    Understood best = Understood.NOTHING;
    for (PayloadSource source : sources) {
      for (List<Part> parts : answer ? List.of(source.parts(document)) : source.single(document)) {
        Understood one = mapper.map(source, parts);
        if (one.compareTo(best) > 0) {
          best = one;
        }
      }
    }
    return best;
  }

  private String nothing(JsonNode document) {
    List<String> fields = new ArrayList<>();
    document.fieldNames().forEachRemaining(fields::add);
    return "no request of the connector answers like this, and it is no device's part: "
        + (document.isObject()
            ? "fields " + String.join(", ", fields.stream().limit(12).toList())
            : document.getNodeType().name().toLowerCase(java.util.Locale.ROOT)
                + " of "
                + document.size());
  }
}
