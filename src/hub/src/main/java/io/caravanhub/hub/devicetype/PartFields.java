package io.caravanhub.hub.devicetype;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How messages are split and put together, out of objects and back. */
final class PartFields {
  private static final String VIRTUAL = "virtual";
  private static final int PORTS_MAX = 256;
  private static final int CHUNKS_MAX = 10_000;
  private static final int MIB = 1 << 20;
  private static final int EXPRESSION_MAX = 256 * 1024;

  private PartFields() {}

  static Demultiplexing demultiplexing(ProcessingMode mode, Map<String, ?> given) {
    Fields fields = Fields.of(given);
    fields.only(List.of("split", "id", "scope", "device_type", "ports"));
    boolean multiport = mode == ProcessingMode.RTU_MULTIPORT;
    String split = fields.whole("split");
    if (split != null && split.length() > EXPRESSION_MAX) {
      throw ProblemException.badField("split", "longer than " + EXPRESSION_MAX + " characters");
    }
    String id = fields.text("id", multiport ? "port" : "id");
    Profile.path("id", id);
    String deviceType = fields.text("device_type", VIRTUAL);
    Map<String, String> ports = ports(given.get("ports"), deviceType);
    if (multiport == ports.isEmpty()) {
      throw ProblemException.badField(
          "ports",
          multiport
              ? "absent: expected the device's ports, such as [\"1\", \"2\"]"
              : "only for processing_mode rtu_multiport");
    }
    return new Demultiplexing(
        split == null || split.isBlank() ? null : split,
        id,
        scope(multiport, fields.text("scope", "gateway")),
        deviceType,
        ports);
  }

  private static Demultiplexing.Scope scope(boolean multiport, String scope) {
    if (scope.equals("gateway")) {
      return Demultiplexing.Scope.GATEWAY;
    }
    if (scope.equals("tenant") && !multiport) {
      return Demultiplexing.Scope.TENANT;
    }
    throw ProblemException.badField(
        "scope", multiport ? "a port is always its device's" : "expected gateway or tenant");
  }

  private static Map<String, String> ports(@Nullable Object given, String deviceType) {
    Map<String, String> ports = new LinkedHashMap<>();
    if (given instanceof List<?> list) {
      list.forEach(port -> ports.put(String.valueOf(port), deviceType));
    } else if (given instanceof Map<?, ?> map) {
      map.forEach(
          (port, type) ->
              ports.put(String.valueOf(port), type instanceof String t ? t : deviceType));
    } else if (given != null) {
      throw ProblemException.badField(
          "ports", "expected an array of ports, or an object of port: device type");
    }
    if (ports.size() > PORTS_MAX) {
      throw ProblemException.badField("ports", "expected at most " + PORTS_MAX + " ports");
    }
    ports
        .keySet()
        .forEach(
            port -> {
              if (!VirtualDevices.isId(port)) {
                throw ProblemException.badField(
                    "ports", "expected " + VirtualDevices.ID + ", got \"" + port + "\"");
              }
            });
    return ports;
  }

  static Chunking chunking(Map<String, ?> given) {
    Fields fields = Fields.of(given);
    fields.only(
        List.of(
            "correlation_id",
            "sequence",
            "total",
            "data",
            "first",
            "merge",
            "timeout_seconds",
            "max_chunks",
            "max_bytes"));
    for (String path : List.of("correlation_id", "sequence", "total")) {
      Profile.path(path, fields.text(path));
    }
    String data = fields.text("data");
    if (!data.matches("[^.\\[\\]`]+(\\.[^.\\[\\]`]+)*")) {
      throw ProblemException.badField("data", "expected names with dots between, such as msg.data");
    }
    Integer first = fields.optionalCount("first", 0, 1);
    Integer timeout = fields.optionalCount("timeout_seconds", 1, 86_400);
    Integer chunks = fields.optionalCount("max_chunks", 1, CHUNKS_MAX);
    Integer bytes = fields.optionalCount("max_bytes", 1, 16 * MIB);
    return new Chunking(
        fields.text("correlation_id"),
        fields.text("sequence"),
        fields.text("total"),
        data,
        first == null ? 1 : first,
        merge(fields.text("merge", "array")),
        Duration.ofSeconds(timeout == null ? 60 : timeout),
        chunks == null ? 1_000 : chunks,
        bytes == null ? 4 * MIB : bytes);
  }

  private static Chunking.Merge merge(String label) {
    for (Chunking.Merge merge : Chunking.Merge.values()) {
      if (merge.name().toLowerCase(Locale.ROOT).equals(label)) {
        return merge;
      }
    }
    throw ProblemException.badField("merge", "expected array, text or base64");
  }

  static @Nullable Map<String, @Nullable Object> view(@Nullable Demultiplexing parts) {
    if (parts == null) {
      return null;
    }
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("split", parts.split());
    view.put("id", parts.id());
    view.put("scope", parts.scope().name().toLowerCase(Locale.ROOT));
    view.put("device_type", parts.deviceType());
    if (!parts.ports().isEmpty()) {
      view.put("ports", parts.ports());
    }
    return view;
  }

  static @Nullable Map<String, Object> view(@Nullable Chunking chunking) {
    if (chunking == null) {
      return null;
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("correlation_id", chunking.correlationId());
    view.put("sequence", chunking.sequence());
    view.put("total", chunking.total());
    view.put("data", chunking.data());
    view.put("first", chunking.first());
    view.put("merge", chunking.merge().name().toLowerCase(Locale.ROOT));
    view.put("timeout_seconds", chunking.timeout().toSeconds());
    view.put("max_chunks", chunking.maxChunks());
    view.put("max_bytes", chunking.maxBytes());
    return view;
  }
}
