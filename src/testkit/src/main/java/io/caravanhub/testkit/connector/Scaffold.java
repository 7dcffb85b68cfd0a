package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.suggest.Suggester;
import io.caravanhub.core.suggest.Suggestion;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import io.caravanhub.testkit.scaffold.Drafts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the folder of a new connector, which passes its own tests from the start. */
public final class Scaffold {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> BOTH =
      List.of("README.md", "NAME.camel.yaml", "NAME-source.kamelet.yaml");
  private static final List<String> POLL = List.of("cloud.yaml", "inventory.jsonata");
  private static final List<String> STREAM = List.of("stream.yaml", "inventory.jsonata");
  private static final String FILE = "samples/files/readings.csv";
  private static final String SAMPLE = "running";

  private Scaffold() {}

  /**
   * Drafts a connector from what is known of an OEM; without samples and description it is the
   * template alone.
   *
   * @param type {@code webhook}, {@code poll}, {@code mqtt-cloud}, {@code websocket-cloud} or
   *     {@code file-drop}
   * @param samples whole answers or bodies, or parts of one device each
   * @param openApi a description of the cloud's API, or null
   */
  public static Drafts.Made draft(
      Path folder, String name, String type, List<Path> samples, @Nullable Path openApi) {
    try {
      if (type.equals("poll") && (openApi != null || !samples.isEmpty())) {
        return Drafts.poll(folder, name, samples, openApi);
      }
      if (type.equals("webhook") && !samples.isEmpty()) {
        return Drafts.webhook(folder, name, samples);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    return new Drafts.Made(
        write(folder, name, type, samples),
        List.of("everything: what is there is made up; put real payloads into samples/in first"));
  }

  /**
   * Writes the files of a connector and returns them.
   *
   * @param type {@code webhook}, {@code poll}, {@code mqtt-cloud}, {@code websocket-cloud} or
   *     {@code file-drop}
   * @param samples payloads of one device each; a made-up one when there are none
   */
  public static List<Path> write(Path folder, String name, String type, List<Path> samples) {
    List<Path> written = new ArrayList<>();
    try {
      for (String file : files(type)) {
        written.add(write(folder, file, name, read(type, file)));
      }
      if (samples.isEmpty()) {
        written.add(write(folder, "telemetry.jsonata", name, read(type, "telemetry.jsonata")));
      } else {
        written.add(draft(folder, samples));
      }
      written.addAll(samples(folder, name, type, samples));
      if (type.equals("file-drop")) {
        written.add(file(folder, name, samples));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return written;
  }

  /** A whole file: the samples as rows of it. */
  private static Path file(Path folder, String name, List<Path> samples) throws IOException {
    if (samples.isEmpty()) {
      return write(folder, FILE, name, read("file-drop", FILE));
    }
    StringBuilder rows = new StringBuilder();
    for (Path sample : samples) {
      rows.append(JSON.readTree(sample.toFile())).append('\n');
    }
    return write(folder, FILE.replace(".csv", ".jsonl"), name, rows.toString());
  }

  private static List<String> files(String type) {
    return type.equals("poll")
        ? both(POLL)
        : type.endsWith("-cloud") || type.equals("file-drop") ? both(STREAM) : BOTH;
  }

  private static List<String> both(List<String> more) {
    List<String> all = new ArrayList<>(BOTH);
    all.addAll(more);
    return all;
  }

  private static Path write(Path folder, String file, String name, String text) throws IOException {
    Path target = folder.resolve(file.replace("NAME", name));
    Files.createDirectories(target.getParent());
    return Files.writeString(target, text.replace("@name@", name).replace("@Name@", title(name)));
  }

  /** What the payloads suggest: a field table where that is enough, else an expression. */
  private static Path draft(Path folder, List<Path> samples) throws IOException {
    List<Object> payloads = new ArrayList<>();
    for (Path sample : samples) {
      payloads.add(JSON.readValue(sample.toFile(), Object.class));
    }
    Suggestion suggestion = Suggester.of(payloads);
    String table = suggestion.fields();
    if (table != null) {
      return Files.writeString(folder.resolve("telemetry.fields.yaml"), table);
    }
    String expression = suggestion.jsonata();
    if (expression == null) {
      throw new IOException("nothing in the samples looks like a reading");
    }
    return Files.writeString(folder.resolve("telemetry.jsonata"), expression);
  }

  /**
   * The samples, what comes of them now, and for a poll the script of a cloud that answers them.
   */
  private static List<Path> samples(Path folder, String name, String type, List<Path> samples)
      throws IOException {
    List<Path> written = new ArrayList<>();
    Map<String, String> payloads = new LinkedHashMap<>();
    if (samples.isEmpty()) {
      payloads.put(SAMPLE, read(type, "samples/in/running.json"));
    }
    for (Path sample : samples) {
      payloads.put(
          sample.getFileName().toString().replaceFirst("\\.json$", ""), Files.readString(sample));
    }
    StringBuilder refs = new StringBuilder();
    for (Map.Entry<String, String> payload : payloads.entrySet()) {
      String file = (type.equals("webhook") ? "" : "telemetry.") + payload.getKey() + ".json";
      written.add(write(folder, "samples/in/" + file, name, payload.getValue()));
      refs.append(
          switch (type) {
            case "mqtt-cloud" -> "  - topic: \"@name@/UNIT-1/telemetry\"\n    payload: {$sample: ";
            case "websocket-cloud" -> "  - payload: {$sample: ";
            default -> "        - {$sample: ";
          });
      refs.append(file).append("}\n");
    }
    if (!type.equals("webhook")) {
      String first = payloads.values().iterator().next();
      written.add(write(folder, "samples/in/inventory.unit.json", name, first));
      String played = type.equals("poll") ? "samples/cloud.yaml" : "samples/stream.yaml";
      String script = read(type, played).replace("@samples@\n", refs);
      written.add(write(folder, played, name, script));
    }
    for (GoldenCase golden : GoldenFiles.ofConnector(folder)) {
      Files.createDirectories(folder.resolve("samples/expected"));
      written.add(
          Files.writeString(
              golden.expected(),
              JSON.writerWithDefaultPrettyPrinter().writeValueAsString(golden.result()) + "\n"));
    }
    return written;
  }

  private static String read(String type, String file) throws IOException {
    try (InputStream in = Scaffold.class.getResourceAsStream(type + "/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the kit lacks its template " + type + "/" + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String title(String name) {
    return name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1);
  }
}
