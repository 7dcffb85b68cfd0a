package io.caravanhub.core.mapping;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.caravanhub.core.payload.PayloadException;
import io.caravanhub.core.payload.PayloadFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a payload into plain maps, lists and scalars, once and up to a size. Immutable and safe for
 * any number of threads.
 */
public final class Payloads {
  private static final int DEEPEST = 100;
  private final int largest;
  private final ObjectReader reader;

  /**
   * Reads payloads of up to so many bytes.
   *
   * @param largest bytes
   */
  public Payloads(int largest) {
    this.largest = largest;
    StreamReadConstraints limits =
        StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxStringLength(largest).build();
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(limits)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build();
    this.reader =
        JsonMapper.builder(factory)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(Object.class);
  }

  /** Reads a payload of the format, null being JSON. */
  @Nullable Object read(String mapping, @Nullable Object body, @Nullable PayloadFormat format) {
    if (format == null || body instanceof Map || body instanceof List) {
      return read(mapping, body);
    }
    try {
      return format.read(bytes(mapping, body));
    } catch (PayloadException e) {
      throw new MappingException(mapping, null, -1, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new MappingException(mapping, null, -1, "the payload could not be read: " + e, e);
    }
  }

  /**
   * Reads JSON.
   *
   * @param mapping whose payload it is, for what is said of one that cannot be read
   * @param body bytes, text or a stream; maps and lists are handed back
   * @throws MappingException for what is no JSON, nothing, or larger
   */
  public @Nullable Object read(String mapping, @Nullable Object body) {
    if (body instanceof Map || body instanceof List) {
      return body;
    }
    try {
      return reader.readValue(bytes(mapping, body));
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw new MappingException(
          mapping, null, -1, "the payload is not JSON" + place + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new MappingException(mapping, null, -1, "the payload could not be read: " + e, e);
    }
  }

  private byte[] bytes(String mapping, @Nullable Object body) throws IOException {
    byte[] bytes;
    if (body instanceof byte[] given) {
      bytes = given;
    } else if (body instanceof String text) {
      bytes = text.getBytes(StandardCharsets.UTF_8);
    } else if (body instanceof InputStream stream) {
      bytes = stream.readNBytes(largest + 1);
    } else {
      throw new MappingException(
          mapping,
          "expected a payload of bytes, text, a map or a list, got "
              + (body == null ? "nothing" : body.getClass().getSimpleName()));
    }
    if (bytes.length > largest) {
      throw new MappingException(mapping, "the payload is larger than " + largest + " bytes");
    }
    if (bytes.length == 0) {
      throw new MappingException(mapping, "the payload is empty");
    }
    return bytes;
  }
}
