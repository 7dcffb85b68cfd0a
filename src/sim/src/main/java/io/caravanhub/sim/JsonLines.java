package io.caravanhub.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.Map;

/** What a simulator tells the program that started it: JSON objects, one a line. */
final class JsonLines {
  private final ObjectMapper json = new ObjectMapper();
  private final PrintStream out;

  JsonLines(PrintStream out) {
    this.out = out;
  }

  /** Prints an object; the map's order is kept. */
  synchronized void print(Map<String, Object> fields) {
    try {
      out.println(json.writeValueAsString(fields));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not printable as JSON: " + fields, e);
    }
  }
}
