package io.caravanhub.core.connector;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes JSON payloads apart in connector routes, as bean {@code jsonPayload}. Items keep their
 * bytes as received, so that a dead letter shows what the sender wrote. Thread-safe.
 */
public final class JsonPayload {
  private static final int ITEMS_MAX = 5_000;

  private final JsonFactory factory = new JsonFactory();
  private final ObjectMapper mapper = new ObjectMapper();

  /**
   * The objects of a payload: the elements of an array, or the payload itself when it is an object.
   *
   * @throws UnusableMessageException when it is anything else
   */
  public List<byte[]> items(byte[] body) {
    try (JsonParser json = factory.createParser(body)) {
      JsonToken first = json.nextToken();
      if (first == JsonToken.START_OBJECT) {
        json.skipChildren();
        requireEnd(json);
        return List.of(body);
      }
      if (first != JsonToken.START_ARRAY) {
        throw new UnusableMessageException("body", "expected a JSON object or an array of objects");
      }
      List<byte[]> items = elements(json, body);
      requireEnd(json);
      return items;
    } catch (JsonProcessingException e) {
      throw notJson(e);
    } catch (IOException e) {
      throw new UnusableMessageException("body", "cannot be read: " + e.getMessage());
    }
  }

  /**
   * The text or number at a JSON Pointer (RFC 6901), or null when there is none: whoever needs it
   * says so with the whole message at hand.
   */
  public @Nullable String text(byte[] body, String pointer) {
    try {
      JsonNode node = mapper.readTree(body).at(pointer);
      return node.isValueNode() && !node.isNull() ? node.asText() : null;
    } catch (JsonProcessingException e) {
      throw notJson(e);
    } catch (IOException e) {
      throw new UnusableMessageException("body", "cannot be read: " + e.getMessage());
    }
  }

  private static List<byte[]> elements(JsonParser json, byte[] body) throws IOException {
    List<byte[]> items = new ArrayList<>();
    for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
      String field = "body[" + items.size() + "]";
      if (next != JsonToken.START_OBJECT) {
        throw new UnusableMessageException(field, "expected an object");
      }
      if (items.size() == ITEMS_MAX) {
        throw new UnusableMessageException("body", "more than " + ITEMS_MAX + " items");
      }
      long start = json.currentTokenLocation().getByteOffset();
      json.skipChildren();
      long end = json.currentLocation().getByteOffset();
      if (start < 0 || end < start) {
        throw new UnusableMessageException("body", "expected UTF-8");
      }
      items.add(Arrays.copyOfRange(body, (int) start, (int) end));
    }
    return items;
  }

  private static void requireEnd(JsonParser json) throws IOException {
    if (json.nextToken() != null) {
      throw new UnusableMessageException("body", "more follows after the end of the JSON value");
    }
  }

  private static UnusableMessageException notJson(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String where =
        at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    String what = e.getOriginalMessage().lines().findFirst().orElse("");
    return new UnusableMessageException("body", "is not JSON: " + what + where);
  }
}
