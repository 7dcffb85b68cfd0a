package io.caravanhub.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;

/** An HTTP answer of the hub. */
public record Answer(
    int status, String contentType, String retryAfter, String cursor, String tag, String body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  Answer(HttpResponse<String> response) {
    this(
        response.statusCode(),
        response.headers().firstValue("Content-Type").orElse(""),
        response.headers().firstValue("Retry-After").orElse(""),
        response.headers().firstValue("X-Cursor").orElse(""),
        response.headers().firstValue("ETag").orElse(""),
        response.body());
  }

  public JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not JSON: " + this, e);
    }
  }

  public String text(String field) {
    return json().path(field).asText();
  }

  public boolean isProblem() {
    return contentType.startsWith("application/problem+json")
        && json().path("status").asInt() == status;
  }
}
