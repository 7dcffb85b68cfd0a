package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.CloudHttp.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All pages and windows of one request, for one parent after the other. Not thread-safe. */
final class Pages {
  private static final int MOST_PAGES = 2_000;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Cloud cloud;
  private final CloudRequest request;
  private final CloudSession session;
  private final Clock clock;
  private final Map<String, String> state;
  private final PollSink sink;
  private final boolean needed;
  private final List<JsonNode> items = new ArrayList<>();
  private int parts;
  private boolean whole = true;

  Pages(
      Cloud cloud,
      CloudRequest request,
      CloudSession session,
      Clock clock,
      Map<String, String> state,
      PollSink sink) {
    this.cloud = cloud;
    this.request = request;
    this.session = session;
    this.clock = clock;
    this.state = state;
    this.sink = sink;
    this.needed = cloud.requests().stream().anyMatch(r -> request.name().equals(r.each()));
  }

  /** The items, where other requests are made for each of them; else none are kept. */
  List<JsonNode> items() {
    return items;
  }

  /** Whether each answer was there in full, and not left out because nothing is new. */
  boolean isWhole() {
    return whole;
  }

  int parts() {
    return parts;
  }

  void fetch(@Nullable JsonNode parent) {
    String key = request.name() + (parent == null ? "" : " " + identity(parent));
    Window window = Window.first(request.since(), state.get("since " + key), clock.instant());
    for (boolean more = true; more; ) {
      fetch(parent, key, window);
      more = window.moveOn();
      window.watermark().ifPresent(mark -> state.put("since " + key, mark));
      sink.progress(state);
    }
  }

  private void fetch(@Nullable JsonNode parent, String key, Window window) {
    Paged paged = new Paged(request.page());
    for (int page = 0; paged.hasNext(); page++) {
      if (page == MOST_PAGES) {
        throw CloudException.wrong(request.name() + ": more than " + MOST_PAGES + " pages");
      }
      Map<String, String> query = new LinkedHashMap<>();
      request.query().forEach((name, text) -> query.put(name, fill(text, parent)));
      window.into(query);
      paged.into(query);
      Map<String, String> headers = new LinkedHashMap<>();
      cloud.headers().forEach((name, text) -> headers.put(name, fill(text, parent)));
      request.headers().forEach((name, text) -> headers.put(name, fill(text, parent)));
      String known = "etag " + key;
      if (request.conditional() && state.containsKey(known)) {
        headers.put("If-None-Match", state.get(known));
      }
      byte[] body = new byte[0];
      if (request.body() != null) {
        headers.put("Content-Type", "application/json");
        body =
            Template.fill(request.body(), n -> value(n, parent))
                .toString()
                .getBytes(StandardCharsets.UTF_8);
      }
      String url = paged.url() == null ? url(parent) : sameHost(paged.url(), url(parent));
      sink.asking();
      Answer answer =
          session.send(
              request, new Address(url, paged.url() == null ? query : Map.of(), headers), body);
      if (answer.status() == 304) {
        whole = false;
        return;
      }
      JsonNode document = document(answer);
      List<JsonNode> found =
          Parts.find(request.parts(), document).stream().map(Parts.Found::keyed).toList();
      List<Part> taken =
          Parts.of(request.parts(), document, parent, name -> session.tokens().value(name));
      sink.take(new Fetched(request, taken, answer.body().length));
      parts += taken.size();
      if (needed) {
        items.addAll(found);
      }
      window.saw(found);
      paged.after(document, found.size(), answer);
      String etag = answer.header("ETag");
      if (request.conditional() && !etag.isEmpty()) {
        state.put(known, etag);
      }
    }
  }

  private JsonNode document(Answer answer) {
    try {
      JsonNode document = JSON.readTree(answer.body());
      if (document != null && document.isContainerNode()) {
        return document;
      }
    } catch (IOException e) {
      // told below: what is in it is not repeated, it may be anything
    }
    throw CloudException.unavailable(
        request.name() + ": the answer is not whole JSON (" + answer.body().length + " bytes)",
        null);
  }

  private String url(@Nullable JsonNode parent) {
    String path =
        Template.fill(
            request.path(),
            name -> {
              String value = value(name, parent);
              return value == null ? null : Address.encode(value);
            });
    return path.startsWith("http")
        ? path
        : Template.fill(cloud.base(), name -> value(name, parent)).replaceAll("/+$", "") + path;
  }

  private String sameHost(String next, String url) {
    java.net.URI to = java.net.URI.create(url).resolve(next);
    if (!String.valueOf(java.net.URI.create(url).getAuthority()).equals(to.getAuthority())) {
      throw CloudException.wrong(request.name() + ": the next page is with another host");
    }
    return to.toString();
  }

  private String fill(String text, @Nullable JsonNode parent) {
    return Template.fill(text, name -> value(name, parent));
  }

  private @Nullable String value(String name, @Nullable JsonNode parent) {
    if (name.equals("now")) {
      return clock.instant().toString();
    }
    if (name.startsWith("/") || name.startsWith("parent/")) {
      return parent == null ? null : Parts.text(parent, name.replaceFirst("^parent", ""));
    }
    return session.tokens().value(name);
  }

  /** What the parent is in the path, which tells it from the others. */
  private String identity(JsonNode parent) {
    StringBuilder identity = new StringBuilder();
    for (String text :
        List.of(request.path(), request.query().toString(), String.valueOf(request.body()))) {
      for (String place : Template.places(text)) {
        if (place.contains("/")) {
          identity.append(value(place, parent)).append(' ');
        }
      }
    }
    return identity.toString().strip();
  }
}
