package io.caravanhub.testkit.golden;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.fieldbus.RegisterImage;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.payload.PayloadException;
import io.caravanhub.core.payload.PayloadFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One payload and what a mapping must make of it.
 *
 * @param mapping the mapping's file
 * @param name what the case is called
 * @param input the payload's file
 * @param expected the file with the result
 */
public record GoldenCase(Path mapping, String name, Path input, Path expected) {
  /** What {@code $received} is in golden files: 2026-01-01T00:00:00Z. */
  public static final long RECEIVED = 1_767_225_600_000L;

  private static final Map<String, Object> BINDINGS =
      Map.of("device", "device", "tenant", "default", "received", RECEIVED);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Map<String, List<Integer>>>> REGISTERS =
      new TypeReference<>() {};

  /** What is wrong, one line each; none when the result is the expected one. */
  public List<String> problems() {
    if (!Files.exists(expected)) {
      return List.of("no " + expected + "; what the mapping gives now: " + shortly());
    }
    if (!Files.exists(input)) {
      return List.of("no " + input + " for " + expected.getFileName());
    }
    try {
      return JsonDiff.between(read(expected), result());
    } catch (IllegalArgumentException | MappingException | IOException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  /** What the mapping makes of the payload, as it would be written to the expected file. */
  public JsonNode result() throws IOException {
    if (GoldenFiles.isRegisters(mapping)) {
      return JSON.valueToTree(
          RegisterImage.read(Files.readString(mapping), JSON.convertValue(read(input), REGISTERS)));
    }
    Mapping compiled = Mapping.compile(source());
    Object payload =
        input.toString().endsWith(".json")
            ? JSON.convertValue(read(input), Object.class)
            : decoded();
    return JSON.valueToTree(compiled.apply(payload, BINDINGS, MappingBounds.DEFAULT));
  }

  private MappingSource source() throws IOException {
    String base = mapping.getFileName().toString().replaceFirst("\\.(jsonata|fields\\.yaml)$", "");
    Path expression = mapping.resolveSibling(base + ".jsonata");
    Path table = mapping.resolveSibling(base + ".fields.yaml");
    return new MappingSource(
        name,
        "file",
        Files.exists(expression) ? Files.readString(expression) : "",
        Files.exists(table) ? Files.readString(table) : null);
  }

  private Object decoded() throws IOException {
    Path folder = java.util.Objects.requireNonNull(mapping.toAbsolutePath().getParent());
    Path root = folder.getParent() == null ? folder : folder.getParent();
    try {
      return PayloadFiles.beside(mapping, root)
          .orElseThrow(
              () ->
                  new IOException(
                      "no "
                          + name
                          + ".payload.yaml says how "
                          + input.getFileName()
                          + " is written"))
          .read(Files.readAllBytes(input));
    } catch (PayloadException e) {
      throw new IOException(input.getFileName() + ": " + e.getMessage(), e);
    }
  }

  private String shortly() {
    try {
      String text = result().toString();
      return text.length() > 2_000 ? text.substring(0, 2_000) + " …" : text;
    } catch (IllegalArgumentException | MappingException | IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static JsonNode read(Path file) throws IOException {
    try {
      return JSON.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new IOException(
          file + ":" + e.getLocation().getLineNr() + ": " + e.getOriginalMessage(), e);
    }
  }
}
