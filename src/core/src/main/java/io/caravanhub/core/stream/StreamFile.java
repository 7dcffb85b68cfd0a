package io.caravanhub.core.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.cloud.AuthFile;
import io.caravanhub.core.cloud.CloudDeclarationException;
import io.caravanhub.core.cloud.CloudRequest.PartsOf;
import io.caravanhub.core.cloud.Place;
import io.caravanhub.core.drop.DropPlan;
import io.caravanhub.core.drop.DropPlan.Format;
import io.caravanhub.core.stream.MessageKind.Payload;
import io.caravanhub.core.stream.MessageKind.Status;
import io.caravanhub.core.stream.StreamPlan.Broker;
import io.caravanhub.core.stream.StreamPlan.Socket;
import io.caravanhub.core.stream.StreamPlan.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code stream.yaml}. Stateless; errors name the place and what was expected there. */
public final class StreamFile {
  /** The file's name in a connector's folder. */
  public static final String NAME = "stream.yaml";

  /** What a row is called. */
  private static final List<String> ROW = List.of("{file}/{line}");

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private StreamFile() {}

  /**
   * Reads the file.
   *
   * @throws CloudDeclarationException when it cannot be used
   */
  public static StreamPlan read(Path file) {
    try {
      return read(Files.readString(file));
    } catch (IOException e) {
      throw new CloudDeclarationException(NAME, "", "cannot be read: " + e.getMessage());
    }
  }

  /** As {@link #read(Path)}, of the file's text. */
  public static StreamPlan read(String text) {
    try {
      return plan(new Place(NAME, "", YAML.readTree(text)));
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new CloudDeclarationException(NAME, "", "is not YAML: " + reason);
    }
  }

  private static StreamPlan plan(Place file) {
    Type type =
        Type.valueOf(
            file.matching("type", "mqtt|websocket|files", "mqtt, websocket or files")
                .toUpperCase(Locale.ROOT));
    boolean mqtt = type == Type.MQTT;
    if (mqtt) {
      file.only(
          "type",
          "url",
          "version",
          "user",
          "password",
          "client-id",
          "authority",
          "qos",
          "session",
          "publish",
          "messages");
    } else if (type == Type.FILES) {
      file.only(
          "type",
          "files",
          "format",
          "delimiter",
          "decimal",
          "columns",
          "items",
          "settled",
          "messages");
    } else {
      file.only("type", "url", "headers", "auth", "send", "ping", "idle", "messages");
    }
    List<MessageKind> messages = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Place at : file.list("messages")) {
      MessageKind kind = message(at, type);
      if (!names.add(kind.name())) {
        throw at.wrong("name", "'" + kind.name() + "' occurs twice");
      }
      messages.add(kind);
    }
    if (messages.isEmpty()) {
      throw file.wrong("messages", "expected at least one");
    }
    String url =
        switch (type) {
          case MQTT ->
              file.matching("url", "((mqtts?|tcp|ssl)://|\\{).+", "mqtt://, mqtts:// or {setting}");
          case WEBSOCKET -> file.matching("url", "(wss?://|\\{).+", "ws://, wss:// or {setting}");
          case FILES -> "";
        };
    return new StreamPlan(
        type,
        url,
        broker(file),
        socket(file),
        type == Type.FILES ? drop(file) : null,
        AuthFile.read(file.at("auth")),
        messages);
  }

  private static Broker broker(Place file) {
    int qos = file.count("qos", 1);
    if (qos > 2) {
      throw file.wrong("qos", "expected 0, 1 or 2");
    }
    return new Broker(
        file.text("version", "5"),
        file.text("user", ""),
        file.text("password", ""),
        file.text("client-id", ""),
        file.text("authority", "{certificate_authority}"),
        qos,
        file.duration("session", Duration.ofDays(1)),
        file.list("publish").stream()
            .map(
                p ->
                    new StreamPlan.Publish(
                        p.matching("topic", "[^+#]+", "a topic"), p.text("payload", "")))
            .toList());
  }

  private static Socket socket(Place file) {
    List<String> send = new ArrayList<>();
    for (Place frame : file.list("send")) {
      send.add(frame.node().isValueNode() ? frame.node().asText() : frame.node().toString());
    }
    return new Socket(
        file.texts("headers"),
        send,
        file.duration("ping", Duration.ofSeconds(30)),
        file.duration("idle", Duration.ofMinutes(2)));
  }

  private static DropPlan drop(Place file) {
    List<String> names = texts(file, "files");
    if (names.stream().anyMatch(n -> n.isBlank() || n.contains("/"))) {
      throw file.wrong("files", "expected names of files such as *.csv, without folders");
    }
    String delimiter = file.text("delimiter", "").replace("tab", "\t");
    return new DropPlan(
        names.isEmpty() ? List.of("*") : names,
        Format.valueOf(
            file.matching("format", "(csv|json|jsonl)?", "csv, json or jsonl")
                .replaceFirst("^$", "by_name")
                .toUpperCase(Locale.ROOT)),
        sign(file, "delimiter", delimiter),
        sign(file, "decimal", file.text("decimal", "")),
        texts(file, "columns"),
        file.pointer("items", ""),
        file.duration("settled", Duration.ofSeconds(5)));
  }

  private static char sign(Place file, String field, String text) {
    if (text.length() > 1) {
      throw file.wrong(field, "expected one character, got '" + text + "'");
    }
    return text.isEmpty() ? 0 : text.charAt(0);
  }

  private static List<String> texts(Place at, String field) {
    JsonNode value = at.node().path(field);
    List<String> texts = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(t -> texts.add(t.asText()));
    } else if (value.isValueNode() && !value.isNull()) {
      texts.add(value.asText());
    }
    return texts;
  }

  private static MessageKind message(Place at, Type type) {
    at.only(
        "name",
        "topic",
        "when",
        "payload",
        "items",
        "device",
        "wrap",
        "head",
        "mapping",
        "inventory",
        "complete",
        "faults",
        "status",
        "retained");
    boolean mqtt = type == Type.MQTT;
    List<String> topics = topics(at);
    if (mqtt == topics.isEmpty()) {
      throw at.wrong("topic", mqtt ? "expected a topic filter" : "only a broker has topics");
    }
    if (type == Type.FILES) {
      topics = ROW;
    }
    boolean device = topics.stream().anyMatch(t -> t.matches(".*\\{device\\*?}.*"));
    return new MessageKind(
        at.matching("name", "[a-z][a-z0-9-]*", "a name of a-z, 0-9 and '-'"),
        topics,
        when(at),
        Payload.valueOf(
            at.matching("payload", "(json|text|any)?", "json, text or any")
                .replaceFirst("^$", "json")
                .toUpperCase(Locale.ROOT)),
        new PartsOf(
            at.pointers("items"),
            at.text("device", device ? "{device}" : ""),
            at.flag("wrap", false),
            at.pointer("head", "")),
        at.optional("mapping"),
        at.optional("inventory"),
        at.flag("complete", false),
        at.optional("faults"),
        status(at.at("status")),
        at.matching("retained", "(take|skip)?", "take or skip").equals("skip"));
  }

  private static List<String> topics(Place at) {
    List<String> topics = texts(at, "topic");
    for (String each : topics) {
      String problem = TopicPattern.problem(each);
      if (problem != null) {
        throw at.wrong("topic", problem + ", got '" + each + "'");
      }
    }
    return topics;
  }

  private static List<Map<String, Set<String>>> when(Place at) {
    JsonNode when = at.node().path("when");
    List<Map<String, Set<String>>> all = new ArrayList<>();
    if (when.isArray()) {
      when.forEach(one -> all.add(when(at, one)));
    } else if (!when.isMissingNode()) {
      all.add(when(at, when));
    }
    return all;
  }

  private static Map<String, Set<String>> when(Place at, JsonNode one) {
    Map<String, Set<String>> when = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : one.properties()) {
      if (!field.getKey().startsWith("/")) {
        throw at.wrong("when", "expected JSON Pointers, which begin with '/'");
      }
      Set<String> values = new LinkedHashSet<>();
      if (field.getValue().isArray()) {
        field.getValue().forEach(v -> values.add(v.asText()));
      } else {
        values.add(field.getValue().asText());
      }
      when.put(field.getKey(), values);
    }
    return when;
  }

  private static @Nullable Status status(Place at) {
    if (at.isAbsent()) {
      return null;
    }
    at.only("at", "online", "offline");
    return new Status(
        at.pointer("at", ""), at.text("online", "online"), at.text("offline", "offline"));
  }
}
