package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.cloud.CloudRequest.Paging;
import io.caravanhub.core.cloud.CloudRequest.PartsOf;
import io.caravanhub.core.cloud.CloudRequest.Since;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code cloud.yaml}. Stateless; errors name the place and what was expected there. */
public final class CloudFile {
  /** The file's name in a connector's folder. */
  public static final String NAME = "cloud.yaml";

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private CloudFile() {}

  /**
   * Reads the file.
   *
   * @throws CloudDeclarationException when it cannot be used
   */
  public static Cloud read(Path file) {
    try {
      return read(Files.readString(file));
    } catch (IOException e) {
      throw new CloudDeclarationException("", "cannot be read: " + e.getMessage());
    }
  }

  /** As {@link #read(Path)}, of the file's text. */
  public static Cloud read(String text) {
    try {
      return cloud(new Place("", YAML.readTree(text)));
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new CloudDeclarationException("", "is not YAML: " + reason);
    }
  }

  private static Cloud cloud(Place file) {
    file.only("base", "interval", "headers", "auth", "rate", "requests");
    List<CloudRequest> requests = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Place request : file.list("requests")) {
      CloudRequest read = request(request);
      if (read.each() != null && !names.contains(read.each())) {
        throw request.wrong("each", "expected the name of a request before this one");
      }
      if (!names.add(read.name())) {
        throw request.wrong("name", "'" + read.name() + "' occurs twice");
      }
      if (read.conditional() && read.page() != null) {
        throw request.wrong("conditional", "does not go with pages");
      }
      requests.add(read);
    }
    if (requests.isEmpty()) {
      throw file.wrong("requests", "expected at least one");
    }
    for (CloudRequest request : requests) {
      if (requests.stream().anyMatch(r -> request.name().equals(r.each()))
          && (request.conditional() || !request.every().isZero())) {
        throw file.wrong("requests", request.name() + " is needed with every poll, by others");
      }
    }
    return new Cloud(
        file.matching("base", "(https?://|\\{).+", "an address, or {setting}"),
        file.duration("interval", Duration.ofMinutes(5)),
        file.texts("headers"),
        AuthFile.read(file.at("auth")),
        rate(file.at("rate")),
        requests);
  }

  private static Cloud.Rate rate(Place at) {
    at.only("remaining", "reset", "per");
    return new Cloud.Rate(at.text("remaining", ""), at.text("reset", ""), at.text("per", ""));
  }

  private static CloudRequest request(Place at) {
    at.only(
        "name",
        "method",
        "path",
        "query",
        "headers",
        "json",
        "each",
        "items",
        "device",
        "wrap",
        "head",
        "mapping",
        "inventory",
        "faults",
        "every",
        "page",
        "since",
        "conditional");
    JsonNode json = at.node().path("json");
    String method = at.text("method", json.isMissingNode() ? "GET" : "POST");
    if (!method.matches("GET|POST")) {
      throw at.wrong("method", "expected GET or POST");
    }
    return new CloudRequest(
        at.matching("name", "[a-z][a-z0-9-]*", "a name of a-z, 0-9 and '-'"),
        method,
        at.text("path", ""),
        at.texts("query"),
        at.texts("headers"),
        json.isMissingNode() ? null : json,
        at.optional("each"),
        new PartsOf(
            at.pointers("items"),
            at.text("device", ""),
            at.flag("wrap", false),
            at.pointer("head", "")),
        at.optional("mapping"),
        at.optional("inventory"),
        at.optional("faults"),
        at.duration("every", Duration.ZERO),
        paging(at.at("page")),
        since(at.at("since")),
        at.flag("conditional", false));
  }

  private static @Nullable Paging paging(Place at) {
    if (at.isAbsent()) {
      return null;
    }
    at.only("kind", "query", "next", "first", "size");
    String kind =
        at.matching("kind", "cursor|number|offset|link", "cursor, number, offset or link");
    int size = at.count("size", 0);
    if (kind.matches("number|offset") && size < 1) {
      throw at.wrong("size", "expected how many items a full page has");
    }
    return new Paging(
        kind,
        kind.equals("link") ? "" : at.matching("query", ".+", "the query parameter"),
        kind.equals("cursor") ? at.matching("next", "/.*", "a JSON Pointer") : "",
        at.count("first", kind.equals("number") ? 1 : 0),
        size);
  }

  private static @Nullable Since since(Place at) {
    if (at.isAbsent()) {
      return null;
    }
    at.only("query", "until", "format", "at", "first", "span", "overlap");
    String format = at.text("format", "iso");
    if (!format.matches("iso|seconds|millis|date")) {
      throw at.wrong("format", "expected iso, seconds, millis or date");
    }
    return new Since(
        at.matching("query", ".+", "the query parameter"),
        at.text("until", ""),
        format,
        at.pointer("at", ""),
        at.duration("first", Duration.ofDays(1)),
        at.duration("span", Duration.ZERO),
        at.duration("overlap", Duration.ZERO));
  }
}
