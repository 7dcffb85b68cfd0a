package io.caravanhub.edge.work;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;

/** Puts a text field into the metadata of a message, in the bytes as they are. */
final class Marks {
  private Marks() {}

  /**
   * The message with {@code "name":"value"} in its metadata.
   *
   * @param metadataAt where the fields of the metadata begin, or -1 when there is none
   */
  static byte[] mark(byte[] body, int metadataAt, String name, String value) {
    String field =
        "\""
            + name
            + "\":\""
            + new String(JsonStringEncoder.getInstance().quoteAsString(value))
            + "\"";
    if (metadataAt >= 0) {
      boolean alone = at(body, metadataAt) == '}';
      return insert(body, metadataAt, alone ? field : field + ",");
    }
    int end = body.length;
    while (body[end - 1] != '}') {
      end--;
    }
    return insert(body, end - 1, ",\"metadata\":{" + field + "}");
  }

  private static byte at(byte[] body, int from) {
    int i = from;
    while (body[i] == ' ' || body[i] == '\n' || body[i] == '\r' || body[i] == '\t') {
      i++;
    }
    return body[i];
  }

  private static byte[] insert(byte[] body, int place, String text) {
    byte[] more = text.getBytes(StandardCharsets.UTF_8);
    byte[] marked = new byte[body.length + more.length];
    System.arraycopy(body, 0, marked, 0, place);
    System.arraycopy(more, 0, marked, place, more.length);
    System.arraycopy(body, place, marked, place + more.length, body.length - place);
    return marked;
  }
}
