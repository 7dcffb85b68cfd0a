package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A request as the API looks at it. */
final class Request {
  private static final int MAX_BODY = 1 << 20;
  private static final ObjectReader JSON =
      new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final HttpExchange exchange;
  private final List<String> path;

  Request(HttpExchange exchange) {
    this.exchange = exchange;
    path =
        Arrays.stream(exchange.getRequestURI().getPath().split("/"))
            .filter(segment -> !segment.isEmpty())
            .toList();
  }

  String method() {
    return exchange.getRequestMethod();
  }

  /** The path's segments. */
  List<String> path() {
    return path;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  /** A query parameter, decoded. */
  Optional<String> query(String name) {
    String query = exchange.getRequestURI().getRawQuery();
    return Arrays.stream(query == null ? new String[0] : query.split("&"))
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
        .findFirst();
  }

  /** A query parameter that is a whole number of zero or more. */
  long number(String name, long otherwise) throws Problem {
    String text = query(name).orElse(Long.toString(otherwise));
    if (!text.matches("\\d{1,9}")) {
      throw new Problem(
          400, "Bad request", name + ": expected a whole number, got \"" + text + "\"");
    }
    return Long.parseLong(text);
  }

  /** The body, which must be a JSON object. */
  ObjectNode body() throws Problem, IOException {
    byte[] bytes = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
    if (bytes.length > MAX_BODY) {
      throw new Problem(413, "Content too large", "body: at most " + MAX_BODY + " bytes");
    }
    try {
      JsonNode body = JSON.readTree(bytes);
      if (body instanceof ObjectNode object) {
        return object;
      }
      throw new Problem(
          400, "Bad request", "body: expected a JSON object, got " + body.getNodeType());
    } catch (JacksonException e) {
      throw new Problem(400, "Bad request", "body: not JSON, " + e.getOriginalMessage());
    }
  }
}
