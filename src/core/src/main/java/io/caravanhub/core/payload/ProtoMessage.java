package io.caravanhub.core.payload;

import java.util.LinkedHashMap;
import java.util.Map;

/** A message type. Its fields are put in while the schema is read, for messages hold each other. */
final class ProtoMessage {
  private final String name;
  private final Map<Integer, ProtoField> fields = new LinkedHashMap<>();

  ProtoMessage(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void add(ProtoField field) {
    fields.put(field.tag(), field);
  }

  Map<Integer, ProtoField> fields() {
    return fields;
  }
}
