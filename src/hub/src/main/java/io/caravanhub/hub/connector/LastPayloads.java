package io.caravanhub.hub.connector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.PollSink;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The last payloads of each connection, in the memory of the hub that received them, for people who
 * look for what is wrong. Secrets are masked before anything is kept. Thread-safe.
 */
@Component
public class LastPayloads {
  /** How many of a connection. */
  static final int KEPT = 10;

  private static final int MOST_CONNECTIONS = 2_000;
  private static final int MOST_PARTS = 5;
  private static final int LONGEST = 6_000;
  private static final int PARSED = 64 * 1024;

  private final ObjectMapper json;
  private final ObjectWriter pretty;
  private final Cache<UUID, Deque<Payload>> rings =
      Caffeine.newBuilder().maximumSize(MOST_CONNECTIONS).build();

  LastPayloads(ObjectMapper json) {
    this.json = json;
    this.pretty = json.writerWithDefaultPrettyPrinter();
  }

  /** Newest first; none that another hub received. */
  public List<Payload> of(UUID connection) {
    Deque<Payload> ring = rings.getIfPresent(connection);
    if (ring == null) {
      return List.of();
    }
    synchronized (ring) {
      return new ArrayList<>(ring);
    }
  }

  /** An answer of a cloud: the shares of its first devices. */
  private void answered(UUID connection, Fetched fetched, SecretMask mask, boolean trial) {
    ArrayNode shares = JsonNodeFactory.instance.arrayNode();
    fetched.parts().stream().limit(MOST_PARTS).forEach(part -> shares.add(mask.tree(part.json())));
    JsonNode shown = shares.size() == 1 ? shares.get(0) : shares;
    keep(
        connection,
        new Payload(
            Instant.now(),
            fetched.request().name(),
            fetched.parts().size(),
            fetched.bytes(),
            cut(write(shown)),
            trial));
  }

  /** Hands answers on, and keeps them here as well. */
  PollSink beside(UUID connection, ConnectionAccess access, PollSink sink, boolean trial) {
    return new PollSink() {
      @Override
      public void take(Fetched fetched) {
        LastPayloads.this.answered(connection, fetched, new SecretMask(access.secrets()), trial);
        sink.take(fetched);
      }

      @Override
      public void asking() {
        sink.asking();
      }

      @Override
      public void progress(Map<String, String> state) {
        sink.progress(state);
      }

      @Override
      public void answered(CloudRequest request, Instant begun) {
        sink.answered(request, begun);
      }
    };
  }

  /** The body of a webhook; one that is no JSON, or a very long one, is masked as a text. */
  void pushed(UUID connection, byte[] body, Collection<String> secrets) {
    SecretMask mask = new SecretMask(secrets);
    String text;
    try {
      text =
          body.length > PARSED
              ? mask.text(new String(body, 0, PARSED, java.nio.charset.StandardCharsets.UTF_8))
              : write(mask.tree(json.readTree(body)));
    } catch (IOException e) {
      text = mask.text(new String(body, java.nio.charset.StandardCharsets.UTF_8));
    }
    keep(connection, new Payload(Instant.now(), "webhook", 0, body.length, cut(text), false));
  }

  private void keep(UUID connection, Payload payload) {
    Deque<Payload> ring = rings.get(connection, id -> new ArrayDeque<>());
    synchronized (ring) {
      ring.addFirst(payload);
      if (ring.size() > KEPT) {
        ring.removeLast();
      }
    }
  }

  private String write(JsonNode tree) {
    try {
      return pretty.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "\n…";
  }
}
