package io.caravanhub.core.drop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.payload.BoundedText;
import io.caravanhub.core.payload.CsvHead;
import io.caravanhub.core.payload.PayloadException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of JSON, an object each. */
final class LineRows implements Rows {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final BoundedText text;
  private final BufferedReader file;
  private long line;

  LineRows(BoundedText text) throws IOException {
    this.text = text;
    this.file = new BufferedReader(text);
    CsvHead.passMark(file);
  }

  @Override
  public @Nullable Row next() throws IOException {
    while (true) {
      text.recordRead();
      line++;
      String read;
      try {
        read = file.readLine();
      } catch (BoundedText.TooLarge e) {
        throw new PayloadException("line " + line + ": " + e.getMessage());
      }
      if (read == null) {
        return null;
      }
      if (!read.isBlank()) {
        return new Row(line, read.getBytes(StandardCharsets.UTF_8), problem(read));
      }
    }
  }

  private static @Nullable String problem(String row) {
    try {
      return JSON.readTree(row).isObject() ? null : "expected a JSON object";
    } catch (JsonProcessingException e) {
      return "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse("");
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
