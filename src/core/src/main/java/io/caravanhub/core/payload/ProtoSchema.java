package io.caravanhub.core.payload;

import com.squareup.wire.Syntax;
import com.squareup.wire.schema.EnumType;
import com.squareup.wire.schema.Field;
import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.MessageType;
import com.squareup.wire.schema.OneOf;
import com.squareup.wire.schema.ProtoFile;
import com.squareup.wire.schema.ProtoType;
import com.squareup.wire.schema.Schema;
import com.squareup.wire.schema.SchemaLoader;
import io.caravanhub.core.payload.ProtoField.Type;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A {@code .proto} file and what it imports, read by Wire's parser and linked into message types.
 * Imports are looked for beside the file, then below the folder of the mappings.
 */
final class ProtoSchema {
  private final Schema schema;
  private final Map<String, ProtoMessage> messages = new HashMap<>();

  private ProtoSchema(Schema schema) {
    this.schema = schema;
  }

  /** Reads the file; throws {@link PayloadException} when it cannot be used. */
  static ProtoSchema load(Path file, List<Path> folders) {
    try {
      SchemaLoader loader = new SchemaLoader(FileSystems.getDefault());
      loader.setPermitPackageCycles(true);
      // Without it imported messages come without their fields.
      loader.setLoadExhaustively(true);
      String folder = folders.get(0).toString();
      loader.initRoots(
          List.of(Location.get(folder, folders.get(0).relativize(file).toString())),
          folders.stream().map(path -> Location.get(path.toString())).toList());
      return new ProtoSchema(loader.loadSchema());
    } catch (RuntimeException e) {
      String reason = String.valueOf(e.getMessage());
      throw new PayloadException(file.getFileName() + ": " + reason.strip(), e);
    }
  }

  /** The files that it is made of, those of protobuf itself left out. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (ProtoFile file : schema.getProtoFiles()) {
      Path path = Path.of(file.getLocation().getBase(), file.getLocation().getPath());
      if (Files.exists(path)) {
        files.add(path);
      }
    }
    return files;
  }

  ProtoMessage message(String name) {
    if (schema.getType(name) instanceof MessageType type) {
      return message(type);
    }
    throw new PayloadException("message: there is no message \"" + name + "\" in the schema");
  }

  private ProtoMessage message(MessageType type) {
    String name = String.valueOf(type.getType());
    ProtoMessage known = messages.get(name);
    if (known != null) {
      return known;
    }
    ProtoMessage message = new ProtoMessage(name);
    messages.put(name, message);
    for (Field field : type.getDeclaredFields()) {
      message.add(field(field, type.getSyntax(), false));
    }
    for (OneOf oneOf : type.getOneOfs()) {
      for (Field field : oneOf.getFields()) {
        message.add(field(field, type.getSyntax(), true));
      }
    }
    return message;
  }

  private ProtoField field(Field field, Syntax syntax, boolean oneOf) {
    ProtoType declared = java.util.Objects.requireNonNull(field.getType());
    ProtoType keyType = declared.getKeyType();
    ProtoType valueType = declared.getValueType();
    ProtoField key =
        keyType == null
            ? null
            : new ProtoField("key", 1, type(keyType), false, false, null, Map.of(), null);
    ProtoType of = valueType == null ? declared : valueType;
    Type type = type(of);
    boolean implied =
        syntax == Syntax.PROTO_3
            && field.getEncodeMode() == Field.EncodeMode.OMIT_IDENTITY
            && type != Type.MESSAGE
            && !oneOf;
    return new ProtoField(
        field.getName(),
        field.getTag(),
        type,
        field.isRepeated(),
        !implied,
        schema.getType(of) instanceof MessageType nested ? message(nested) : null,
        constants(of),
        key);
  }

  private Type type(ProtoType type) {
    if (type.isScalar()) {
      return Type.valueOf(type.toString().toUpperCase(Locale.ROOT));
    }
    return schema.getType(type) instanceof EnumType ? Type.ENUM : Type.MESSAGE;
  }

  private Map<Integer, String> constants(ProtoType type) {
    Map<Integer, String> constants = new LinkedHashMap<>();
    if (schema.getType(type) instanceof EnumType names) {
      names.getConstants().forEach(c -> constants.putIfAbsent(c.getTag(), c.getName()));
    }
    return constants;
  }
}
