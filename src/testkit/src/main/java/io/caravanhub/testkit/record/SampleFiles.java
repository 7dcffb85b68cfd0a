package io.caravanhub.testkit.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.testkit.cloud.Script;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.PollTrial;
import io.caravanhub.testkit.connector.RouteTrial;
import io.caravanhub.testkit.connector.YamlText;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The samples of a recording, checked for credentials before the first is written. */
public final class SampleFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHORTEST = 4;

  private final ConnectorFolder connector;
  private final boolean replace;
  private final Map<String, String> texts = new LinkedHashMap<>();

  SampleFiles(ConnectorFolder connector, boolean replace) throws IOException {
    this.connector = connector;
    this.replace = replace;
    Path script = connector.path().resolve("samples/cloud.yaml");
    if (!replace && connector.polls() && Files.exists(script)) {
      throw new IOException(script + " exists already; --replace writes over it and the samples");
    }
  }

  /**
   * @param masked how many values have a mask
   */
  public record Written(List<Path> files, int masked) {}

  /** A poll: the script of the cloud, and what the connector finds in its answers. */
  Written write(Map<String, Object> script, Masking masking, Map<String, String> secrets, int most)
      throws IOException {
    texts.put(
        "samples/cloud.yaml",
        "# What the cloud answered, masked; the kit plays it.\n" + YamlText.of(script));
    PollTrial.Round round = PollTrial.of(connector, Script.of(YamlText.of(script))).round();
    if (round.failure() != null) {
      throw new IOException(
          "what was recorded cannot be played back: " + round.failure().getMessage());
    }
    Map<String, Integer> counts = new HashMap<>();
    for (Fetched answer : round.answers()) {
      CloudRequest request = answer.request();
      for (String mapping :
          java.util.Arrays.asList(request.mapping(), request.inventory(), request.faults())) {
        for (Part part : mapping == null ? List.<Part>of() : answer.parts()) {
          int number = counts.merge(mapping + " " + request.name(), 1, Integer::sum);
          if (number <= most) {
            put(mapping + "." + request.name() + "-" + number, part.json());
          }
        }
      }
    }
    return store(masking, secrets);
  }

  /** Bodies that were pushed, and the parts that the connector's route makes of them. */
  Written write(List<JsonNode> bodies, Masking masking, Map<String, String> secrets)
      throws Exception {
    try (RouteTrial routes = new RouteTrial(connector)) {
      int number = 0;
      for (JsonNode body : bodies) {
        number++;
        int part = 0;
        List<RouteTrial.Sent> sent =
            routes.push(body.toString().getBytes(StandardCharsets.UTF_8), connector.name());
        boolean whole = sent.size() == 1 && JSON.readTree(sent.get(0).body()).equals(body);
        for (RouteTrial.Sent one : sent) {
          String mapping = one.mapping().replaceFirst(".*/", "");
          put(
              (mapping.isEmpty() ? "telemetry" : mapping)
                  + ".recorded-"
                  + number
                  + (sent.size() == 1 ? "" : "-" + ++part),
              JSON.readTree(one.body()));
        }
        if (!whole) {
          texts.put("samples/webhook/recorded-" + number + ".json", pretty(body));
        }
      }
    }
    return store(masking, secrets);
  }

  private void put(String name, JsonNode json) throws IOException {
    texts.put("samples/in/" + name + ".json", pretty(json));
  }

  private static String pretty(JsonNode json) throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private Written store(Masking masking, Map<String, String> secrets) throws IOException {
    texts.forEach((file, text) -> requireNone(file, text, secrets));
    if (replace) {
      remove("samples/in");
      remove("samples/expected");
      remove("samples/webhook");
    }
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Path file = connector.path().resolve(text.getKey());
      if (!replace && Files.exists(file)) {
        throw new IOException(file + " exists already; --replace writes over the samples");
      }
      Files.createDirectories(file.toAbsolutePath().getParent());
      files.add(Files.writeString(file, text.getValue()));
    }
    return new Written(files, masking.count());
  }

  private void remove(String folder) throws IOException {
    Path path = connector.path().resolve(folder);
    if (Files.isDirectory(path)) {
      try (java.util.stream.Stream<Path> files = Files.list(path)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void requireNone(String file, String written, Map<String, String> secrets) {
    String text = written;
    for (String standIn : secrets.values()) {
      text = text.replace(standIn, "");
    }
    for (String secret : secrets.keySet()) {
      byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
      if (secret.length() >= SHORTEST
          && (text.contains(secret)
              || text.contains(URLEncoder.encode(secret, StandardCharsets.UTF_8))
              || text.contains(Base64.getEncoder().encodeToString(bytes)))) {
        throw new IllegalStateException(
            "nothing was written: "
                + file
                + " would have held the credential "
                + secrets.get(secret).replace("-of-the-test", ""));
      }
    }
  }
}
