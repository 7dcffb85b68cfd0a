package io.caravanhub.core.drop;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.payload.BoundedText;
import io.caravanhub.core.payload.CsvHead;
import io.caravanhub.core.payload.PayloadException;
import java.io.BufferedReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The elements of one array of a JSON file, one after the other. */
final class JsonRows implements Rows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BoundedText text;
  private final JsonParser parser;
  private final boolean many;
  private boolean over;

  JsonRows(String items, BoundedText text) throws IOException {
    this.text = text;
    BufferedReader file = new BufferedReader(text);
    CsvHead.passMark(file);
    this.parser = JSON.createParser(file);
    try {
      JsonToken token = go(JsonPointer.compile(items), items);
      if (token != JsonToken.START_ARRAY && token != JsonToken.START_OBJECT) {
        throw new PayloadException("expected an array of objects, got " + shown(token));
      }
      many = token == JsonToken.START_ARRAY;
    } catch (JsonProcessingException | BoundedText.TooLarge e) {
      throw broken(e);
    }
  }

  private @Nullable JsonToken go(JsonPointer pointer, String items) throws IOException {
    JsonToken token = parser.nextToken();
    for (JsonPointer at = pointer; !at.matches(); at = at.tail()) {
      boolean found = false;
      while (token == JsonToken.START_OBJECT
          && !found
          && parser.nextToken() == JsonToken.FIELD_NAME) {
        found = parser.currentName().equals(at.getMatchingProperty());
        JsonToken value = parser.nextToken();
        if (found) {
          token = value;
        } else {
          parser.skipChildren();
          text.recordRead();
        }
      }
      if (!found) {
        throw new PayloadException("nothing at " + items);
      }
    }
    return token;
  }

  private static String shown(@Nullable JsonToken token) {
    return token == null
        ? "an empty file"
        : token.asString() == null ? "a value" : token.asString();
  }

  @Override
  public @Nullable Row next() throws IOException {
    if (over) {
      return null;
    }
    try {
      if (many && parser.nextToken() == JsonToken.END_ARRAY) {
        rest();
        return null;
      }
      long line = parser.currentTokenLocation().getLineNr();
      JsonNode row = JSON.readTree(parser);
      text.recordRead();
      if (!many) {
        rest();
      }
      return new Row(
          line, JSON.writeValueAsBytes(row), row.isObject() ? null : "expected a JSON object");
    } catch (JsonProcessingException | BoundedText.TooLarge e) {
      throw broken(e);
    }
  }

  /** What follows is of no use, but a file that is cut is to be known. */
  private void rest() throws IOException {
    over = true;
    while (parser.nextToken() != null) {
      text.recordRead();
    }
  }

  private PayloadException broken(IOException e) {
    String what =
        e instanceof JsonProcessingException json
            ? "is not JSON: " + json.getOriginalMessage().lines().findFirst().orElse("")
            : String.valueOf(e.getMessage());
    return new PayloadException("line " + parser.currentLocation().getLineNr() + ": " + what);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
