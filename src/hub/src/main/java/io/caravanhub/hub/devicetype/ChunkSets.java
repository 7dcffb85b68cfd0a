package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The tables chunk_sets and telemetry_chunks, rows of the tenant in force. Every call wants a
 * transaction around it. Thread-safe, between hubs too: whoever changes a set holds its row.
 */
@Component
class ChunkSets {
  /** How long a set that is complete may take until somebody else takes it up. */
  private static final Duration UNFINISHED = Duration.ofSeconds(30);

  /** How long chunks that come again are known. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final int OPEN_MAX = 200;
  private static final String WHERE = " where device_id = ? and correlation_id = ?";

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  ChunkSets(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Which message of which device. */
  record Key(UUID device, String correlationId) {}

  /**
   * A set.
   *
   * @param state open, complete or done
   * @param headers what the chunk travelled with that came first
   */
  record Held(int total, String state, long bytes, Map<String, String> headers) {}

  /** What a set holds: its chunks as a JSON array, and which they are. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Content(byte[] chunks, List<Integer> sequences) {}

  /**
   * Keeps a chunk.
   *
   * @return the headers of the set when it has all of its chunks now, else nothing
   * @throws UnusableMessageException when it does not go with the chunks before
   */
  Optional<Held> put(
      Chunking how, Key key, Chunk chunk, byte[] payload, Map<String, String> headers) {
    int opened =
        jdbc.sql(
                """
                insert into chunk_sets (tenant_id, device_id, correlation_id, total, headers, deadline)
                values (hub_tenant(), ?, ?, ?, ?::jsonb, now() + ? * interval '1 second') on conflict do nothing\
                """)
            .params(
                key.device,
                key.correlationId,
                chunk.total(),
                write(headers),
                how.timeout().toSeconds())
            .update();
    if (opened > 0 && open(key.device) > OPEN_MAX) {
      throw new UnusableMessageException(
          how.correlationId(),
          "more than " + OPEN_MAX + " messages of this device wait for chunks already");
    }
    Held held = hold(key, false).orElseThrow();
    byte[] hash = hash(payload);
    byte[] before = hashOf(key, chunk.sequence());
    if (Arrays.equals(hash, before)) {
      if (held.state.equals("done")) {
        keepAgain(key, chunk.sequence(), payload);
      }
      return held.state.equals("complete") ? Optional.of(held) : Optional.empty();
    }
    if (held.state.equals("done") && chunk.total() != held.total) {
      // The id is used again, for another message.
      delete(key);
      return put(how, key, chunk, payload, headers);
    }
    if (held.state.equals("done")) {
      held = reopen(key, headers);
      before = hashOf(key, chunk.sequence());
    }
    if (before != null && forgetAgain(key, chunk.sequence())) {
      before = null;
      held = counted(key);
    }
    check(how, held, chunk, before, payload.length);
    insert(key, chunk.sequence(), hash, payload);
    boolean complete = count(key) == held.total;
    Duration until = complete ? UNFINISHED : how.timeout();
    jdbc.sql(
            "update chunk_sets set bytes = bytes + ?, state = ?, deadline = now() + ? * interval '1 second'"
                + WHERE)
        .params(
            payload.length,
            complete ? "complete" : "open",
            until.toSeconds(),
            key.device,
            key.correlationId)
        .update();
    return complete ? Optional.of(held) : Optional.empty();
  }

  /**
   * A chunk as one of the finished message before: it came again, or it is the same in the next
   * message of this id. Only what else comes of that message tells, so it is kept.
   */
  private void keepAgain(Key key, int sequence, byte[] payload) {
    jdbc.sql("update telemetry_chunks set payload = ?, again = true" + WHERE + " and sequence = ?")
        .params(payload, key.device, key.correlationId, sequence)
        .update();
  }

  /** The id is used again, for a message of as many chunks, of which some may be here. */
  private Held reopen(Key key, Map<String, String> headers) {
    jdbc.sql("delete from telemetry_chunks" + WHERE + " and payload is null")
        .params(key.device, key.correlationId)
        .update();
    jdbc.sql("update chunk_sets set state = 'open', headers = ?::jsonb" + WHERE)
        .params(write(headers), key.device, key.correlationId)
        .update();
    return counted(key);
  }

  /** Whether what was here under this number came again of the message before. */
  private boolean forgetAgain(Key key, int sequence) {
    return jdbc.sql(
                "delete from telemetry_chunks"
                    + WHERE
                    + " and sequence = ? and (again or payload is null)")
            .params(key.device, key.correlationId, sequence)
            .update()
        > 0;
  }

  /** The set with the bytes that are in it. */
  private Held counted(Key key) {
    jdbc.sql(
            """
            update chunk_sets s set bytes = (
              select coalesce(sum(length(payload)), 0) from telemetry_chunks c
               where (c.tenant_id, c.device_id, c.correlation_id) = (s.tenant_id, s.device_id, s.correlation_id))\
            """
                + WHERE)
        .params(key.device, key.correlationId)
        .update();
    return hold(key, false).orElseThrow();
  }

  private static void check(
      Chunking how, Held held, Chunk chunk, byte @Nullable [] before, int bytes) {
    if (chunk.total() != held.total) {
      throw new UnusableMessageException(
          how.total(), "expected " + held.total + " as in the chunks before, got " + chunk.total());
    }
    if (before != null) {
      throw new UnusableMessageException(
          how.sequence(),
          "chunk "
              + (chunk.sequence() + how.first())
              + " of message \""
              + chunk.correlationId()
              + "\" is there already, with other content");
    }
    if (held.bytes + bytes > how.maxBytes()) {
      throw new UnusableMessageException(
          how.data(),
          "the chunks of message \""
              + chunk.correlationId()
              + "\" have more than "
              + how.maxBytes()
              + " bytes");
    }
  }

  /**
   * The set, held until the end of the transaction.
   *
   * @param passOver whether it is passed over when it is busy or not due; else it is waited for
   */
  Optional<Held> hold(Key key, boolean passOver) {
    return jdbc.sql(
            "select total, state, bytes, headers::text from chunk_sets"
                + WHERE
                + (passOver ? " and deadline < now() for update skip locked" : " for update"))
        .params(key.device, key.correlationId)
        .query(
            (row, n) ->
                new Held(row.getInt(1), row.getString(2), row.getLong(3), read(row.getString(4))))
        .optional();
  }

  Content content(Key key) {
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    List<Integer> sequences =
        jdbc.sql(
                "select sequence, payload from telemetry_chunks"
                    + WHERE
                    + " and payload is not null order by sequence")
            .params(key.device, key.correlationId)
            .query(
                (row, n) -> {
                  chunks.write(n == 0 ? '[' : ',');
                  chunks.writeBytes(row.getBytes(2));
                  return row.getInt(1);
                })
            .list();
    chunks.write(']');
    return new Content(chunks.toByteArray(), sequences);
  }

  /** Whoever takes a complete set up has this long before the next may. */
  void takeUp(Key key) {
    jdbc.sql(
            "update chunk_sets set state = 'complete', deadline = now() + ? * interval '1 second'"
                + WHERE)
        .params(UNFINISHED.toSeconds(), key.device, key.correlationId)
        .update();
  }

  /** Nobody looks at it for a while. */
  void putOff(Key key) {
    jdbc.sql("update chunk_sets set deadline = now() + ? * interval '1 second'" + WHERE)
        .params(UNFINISHED.toSeconds(), key.device, key.correlationId)
        .update();
  }

  /** The message has its fate: of its chunks only what they looked like is remembered. */
  void done(Key key) {
    jdbc.sql(
            "update chunk_sets set state = 'done', deadline = now() + ? * interval '1 second'"
                + WHERE)
        .params(REMEMBERED.toSeconds(), key.device, key.correlationId)
        .update();
    jdbc.sql("update telemetry_chunks set payload = null, again = false" + WHERE)
        .params(key.device, key.correlationId)
        .update();
  }

  void delete(Key key) {
    jdbc.sql("delete from chunk_sets" + WHERE).params(key.device, key.correlationId).update();
  }

  private long open(UUID device) {
    return jdbc.sql("select count(*) from chunk_sets where device_id = ? and state = 'open'")
        .params(device)
        .query(Long.class)
        .single();
  }

  /** Those that are of this message for certain. */
  private long count(Key key) {
    return jdbc.sql("select count(*) from telemetry_chunks" + WHERE + " and not again")
        .params(key.device, key.correlationId)
        .query(Long.class)
        .single();
  }

  private byte @Nullable [] hashOf(Key key, int sequence) {
    return jdbc.sql("select hash from telemetry_chunks" + WHERE + " and sequence = ?")
        .params(key.device, key.correlationId, sequence)
        .query((row, n) -> row.getBytes(1))
        .optional()
        .orElse(null);
  }

  private void insert(Key key, int sequence, byte[] hash, byte[] payload) {
    jdbc.sql(
            """
            insert into telemetry_chunks (tenant_id, device_id, correlation_id, sequence, hash, payload)
            values (hub_tenant(), ?, ?, ?, ?, ?)\
            """)
        .params(key.device, key.correlationId, sequence, hash, payload)
        .update();
  }

  private static byte[] hash(byte[] payload) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(payload);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private String write(Map<String, String> headers) {
    try {
      return json.writeValueAsString(headers);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked") // written above
  private Map<String, String> read(String headers) {
    try {
      return json.readValue(headers, Map.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
