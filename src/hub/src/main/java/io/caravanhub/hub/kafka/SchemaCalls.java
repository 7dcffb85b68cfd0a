package io.caravanhub.hub.kafka;

import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/**
 * The JSON Schemas of what third parties read from Kafka, for everybody. A version's schema may
 * only gain fields, so it may be kept for an hour without asking. Thread-safe.
 */
@Component("schemaCalls")
public class SchemaCalls {
  private record Published(String topic, String version, byte[] schema, String tag) {}

  private final Map<String, Published> published = new TreeMap<>();

  /** Reads them. */
  public SchemaCalls() {
    publish(KafkaTopics.NORMALIZED, KafkaTopics.NORMALIZED_SCHEMA);
    publish(KafkaTopics.EVENTS, KafkaTopics.EVENTS_SCHEMA);
  }

  private void publish(String topic, String version) {
    String name = version.replace('/', '-');
    try (InputStream file =
        Objects.requireNonNull(
            SchemaCalls.class.getResourceAsStream("/schema/" + name + ".schema.json"))) {
      byte[] schema = file.readAllBytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(schema);
      String tag = '"' + HexFormat.of().formatHex(Arrays.copyOf(digest, 8)) + '"';
      published.put(name, new Published(topic, version, schema, tag));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("the schema " + name + " cannot be read", e);
    }
  }

  /** {@code GET /schemas}: which there are, and of what. */
  public Page<Map<String, String>> list() {
    List<Map<String, String>> items =
        published.entrySet().stream()
            .map(
                one ->
                    Map.of(
                        "name",
                        one.getKey(),
                        "topic",
                        one.getValue().topic,
                        "hub_schema",
                        one.getValue().version,
                        "href",
                        "/api/v1/schemas/" + one.getKey()))
            .toList();
    return new Page<>(items, null);
  }

  /** {@code GET /schemas/{schemaName}}: one as it is, or 304 when the asker has it. */
  public void get(Exchange exchange, @Header("schemaName") String name) {
    Published one = published.get(name);
    if (one == null) {
      throw ProblemException.notFound("schema", name);
    }
    Message message = exchange.getMessage();
    String seen = message.getHeader("If-None-Match", String.class);
    boolean has = seen != null && (seen.contains(one.tag) || seen.strip().equals("*"));
    message.removeHeaders("*");
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, has ? 304 : 200);
    message.setHeader("ETag", one.tag);
    message.setHeader(Exchange.CONTENT_TYPE, "application/schema+json");
    message.setBody(has ? null : one.schema);
  }
}
