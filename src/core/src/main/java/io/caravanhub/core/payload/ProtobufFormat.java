package io.caravanhub.core.payload;

/** One message of a protobuf schema. */
record ProtobufFormat(String schema, ProtoMessage message) implements PayloadFormat {
  @Override
  public Object read(byte[] payload) {
    try {
      return new ProtoReader(payload).read(message);
    } catch (ProtoReader.Broken e) {
      throw new PayloadException(
          "the payload is not " + message.name() + " of " + schema + ": " + e.getMessage());
    }
  }
}
