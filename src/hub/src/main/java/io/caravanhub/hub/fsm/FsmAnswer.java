package io.caravanhub.hub.fsm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * What the FSM answered.
 *
 * @param status HTTP status
 * @param body as text
 * @param retryAfter how long it asks to be left alone, or null
 */
record FsmAnswer(int status, String body, @Nullable Duration retryAfter) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The answer in the message; an exchange without one is a failure of unknown outcome. */
  static FsmAnswer of(Message message) throws IOException {
    Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    if (status == null) {
      throw new IOException("the call ended without an answer");
    }
    String body = message.getBody(String.class);
    return new FsmAnswer(
        status,
        body == null ? "" : body,
        retryAfter(message.getHeader("Retry-After", String.class)));
  }

  boolean success() {
    return status >= 200 && status < 300;
  }

  boolean unavailable() {
    return status >= 500 || status == 408;
  }

  boolean busy() {
    return status == 429;
  }

  /** The id of the object the FSM made, empty when it does not tell. */
  String id() {
    return json().path("id").asText("");
  }

  /** The id of the object with the identifier in a list, plain or as {@code items}. */
  Optional<String> find(String externalIdentifier) {
    return item(externalIdentifier).map(item -> item.path("id").asText(""));
  }

  /** How far the FSM is with the object with the identifier; empty when it does not tell. */
  Optional<ActionState> progress(String externalIdentifier) {
    return item(externalIdentifier)
        .flatMap(
            item -> ActionState.ofFsm(item.path("status").asText(item.path("state").asText(""))));
  }

  private Optional<JsonNode> item(String externalIdentifier) {
    JsonNode answer = json();
    for (JsonNode item : answer.isArray() ? answer : answer.path("items")) {
      if (externalIdentifier.equals(item.path("externalIdentifier").asText())) {
        return Optional.of(item);
      }
    }
    return Optional.empty();
  }

  /** Whether the answer is a list at all; only then does an absent object mean anything. */
  boolean isList() {
    return json().isArray() || json().path("items").isArray();
  }

  String shown() {
    String text = body.strip().replaceAll("\\s+", " ");
    return "HTTP " + status + " " + (text.length() > 300 ? text.substring(0, 300) + "…" : text);
  }

  private JsonNode json() {
    try {
      return body.isBlank() ? MissingNode.getInstance() : JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** Seconds or an HTTP date (RFC 9110, section 10.2.3), at most an hour. */
  private static @Nullable Duration retryAfter(@Nullable String header) {
    if (header == null) {
      return null;
    }
    try {
      Duration asked =
          header.strip().matches("\\d{1,9}")
              ? Duration.ofSeconds(Long.parseLong(header.strip()))
              : Duration.between(
                  Instant.now(),
                  ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME));
      Duration most = Duration.ofHours(1);
      return asked.isNegative() ? Duration.ZERO : asked.compareTo(most) > 0 ? most : asked;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
