package io.caravanhub.core.payload;

/** Turns a device's bytes into what its mapping sees. Safe for any number of threads. */
public sealed interface PayloadFormat permits CsvFormat, ProtobufFormat {
  /**
   * Reads a payload into plain maps, lists and scalars, as JSON would have them.
   *
   * @throws PayloadException when the bytes are not in this format
   */
  Object read(byte[] payload);
}
