package io.caravanhub.testkit.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Says where two JSON values differ, one line a place, by JSON Pointer (RFC 6901). */
public final class JsonDiff {
  private static final double CLOSE = 1e-9;

  private final List<String> lines = new ArrayList<>();

  private JsonDiff() {}

  /**
   * The differences, none when the values are equal. Numbers are equal by value, so {@code 10} is
   * {@code 10.0}, up to the last digits of a double.
   */
  public static List<String> between(JsonNode expected, JsonNode actual) {
    JsonDiff diff = new JsonDiff();
    diff.compare("", expected, actual);
    return diff.lines;
  }

  private void compare(String at, JsonNode expected, JsonNode actual) {
    if (expected.isObject() && actual.isObject()) {
      TreeSet<String> names = new TreeSet<>();
      expected.fieldNames().forEachRemaining(names::add);
      actual.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        child(at + "/" + name, expected.path(name), actual.path(name));
      }
    } else if (expected.isArray() && actual.isArray()) {
      for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
        child(at + "/" + i, expected.path(i), actual.path(i));
      }
    } else if (!same(expected, actual)) {
      lines.add((at.isEmpty() ? "/" : at) + ": expected " + expected + ", got " + actual);
    }
  }

  private void child(String at, JsonNode expected, JsonNode actual) {
    if (expected.isMissingNode()) {
      lines.add(at + ": not expected, got " + actual);
    } else if (actual.isMissingNode()) {
      lines.add(at + ": expected " + expected + ", got nothing");
    } else {
      compare(at, expected, actual);
    }
  }

  private static boolean same(JsonNode expected, JsonNode actual) {
    if (expected.isNumber() && actual.isNumber()) {
      double a = expected.doubleValue();
      double b = actual.doubleValue();
      return expected.decimalValue().compareTo(actual.decimalValue()) == 0
          || Math.abs(a - b) <= CLOSE * Math.max(Math.abs(a), Math.abs(b));
    }
    return expected.equals(actual);
  }
}
