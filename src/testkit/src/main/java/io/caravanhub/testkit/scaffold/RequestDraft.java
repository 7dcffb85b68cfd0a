package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request of a draft, filled in bit by bit. Belongs to one thread. */
final class RequestDraft {
  /** One device's part of an answer, and the name that its sample gets. */
  record Part(String name, JsonNode json) {}

  final String name;
  final String path;
  final Map<String, String> query = new LinkedHashMap<>();
  final Map<String, Object> page = new LinkedHashMap<>();
  final Map<String, Object> since = new LinkedHashMap<>();
  final List<Part> parts = new ArrayList<>();
  String items;
  String device;
  @Nullable String each;
  @Nullable String mapping;
  boolean inventory;
  boolean faults;

  /** What a part looks like by the description of the API, or null. */
  @Nullable JsonNode shape;

  /** The answer that the parts were found in, or null when they were single ones. */
  @Nullable JsonNode answer;

  RequestDraft(String name, String path, String items, String device) {
    this.name = name;
    this.path = path;
    this.items = items;
    this.device = device;
  }

  /** A part to look at, or null. */
  @Nullable JsonNode example() {
    return parts.isEmpty() ? shape : parts.get(0).json();
  }

  /** The element in {@code {/id}}, as a pointer; empty when the device is told otherwise. */
  String idPointer() {
    return device.matches("\\{/[^}]*}") ? device.substring(1, device.length() - 1) : "";
  }
}
