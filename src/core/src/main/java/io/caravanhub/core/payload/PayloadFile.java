package io.caravanhub.core.payload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The file {@code <mapping>.payload.yaml} beside a mapping: {@code format: protobuf, schema:
 * x.proto, message: acme.Reading} or {@code format: csv} with {@code delimiter}, {@code decimal}
 * and {@code columns}.
 *
 * @param files what the format was made of, to notice when one changes
 */
record PayloadFile(PayloadFormat format, List<Path> files) {
  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * Reads the file.
   *
   * @param root folder of the mappings, from where schemas of other vendors may be named
   */
  static PayloadFile load(Path file, Path root) throws IOException {
    Map<?, ?> declared;
    try {
      declared = YAML.readValue(Files.readString(file), Map.class);
    } catch (JsonProcessingException e) {
      throw new PayloadException("is not YAML: " + e.getOriginalMessage(), e);
    }
    Object format = declared == null ? null : declared.get("format");
    if ("csv".equals(format)) {
      return new PayloadFile(csv(declared), List.of(file));
    }
    if ("protobuf".equals(format)) {
      return protobuf(declared, file, root);
    }
    throw new PayloadException("format: expected protobuf or csv, got " + format);
  }

  private static PayloadFormat csv(Map<?, ?> declared) {
    List<String> columns = new ArrayList<>();
    if (declared.get("columns") instanceof List<?> names) {
      names.forEach(name -> columns.add(String.valueOf(name)));
    }
    char delimiter = sign(declared, "delimiter", ',');
    char decimal = sign(declared, "decimal", '.');
    if (delimiter == decimal || delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
      throw new PayloadException("delimiter: expected a sign that is not the decimal one");
    }
    return new CsvFormat(delimiter, decimal, List.copyOf(columns));
  }

  private static char sign(Map<?, ?> declared, String field, char absent) {
    Object value = declared.get(field);
    if (value == null) {
      return absent;
    }
    if (value instanceof String text && text.length() == 1) {
      return text.charAt(0);
    }
    throw new PayloadException(field + ": expected one character, got " + value);
  }

  private static PayloadFile protobuf(Map<?, ?> declared, Path file, Path root) {
    if (!(declared.get("schema") instanceof String schema)
        || !(declared.get("message") instanceof String message)) {
      throw new PayloadException("expected schema: <file>.proto and message: <package>.<name>");
    }
    Path folder = file.toAbsolutePath().normalize().getParent();
    Path top = root.toAbsolutePath().normalize();
    Path beside = java.util.Objects.requireNonNull(folder).resolve(schema).normalize();
    Path path = Files.exists(beside) ? beside : top.resolve(schema).normalize();
    if (!path.startsWith(top)) {
      throw new PayloadException("schema: expected a file below the folder of the mappings");
    }
    if (!Files.isRegularFile(path)) {
      throw new PayloadException("schema: there is no file " + schema + " beside it");
    }
    Path base = path.startsWith(folder) ? folder : top;
    List<Path> folders = base.equals(top) ? List.of(top) : List.of(base, top);
    ProtoSchema read = ProtoSchema.load(path, folders);
    List<Path> files = new ArrayList<>(read.files());
    files.add(file);
    return new PayloadFile(
        new ProtobufFormat(top.relativize(path).toString(), read.message(message)), files);
  }
}
