package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Real payloads of a mapping: what this hub mapped last, what the raw archive has where the tenant
 * keeps one, and what became a dead letter. Thread-safe.
 */
@Component
class MappingPayloads {
  private static final int LETTERS_MAX = 25;

  /** How many messages are looked through; few of them may be of this mapping. */
  private static final int LOOKED_THROUGH = 5_000;

  private final TenantMappings mappings;
  private final JdbcClient jdbc;
  private final ObjectMapper json;

  MappingPayloads(TenantMappings mappings, JdbcClient jdbc, ObjectMapper json) {
    this.mappings = mappings;
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * A payload as it came.
   *
   * @param device the hub's id of the device, or null where none is known
   * @param source live, archive or dead-letter
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Real(Instant at, @Nullable String device, String source, byte[] payload) {
    /** Mapped, and a dead letter after all: what was yielded could not be read. */
    boolean isSameAs(Real letter) {
      return (letter.device == null || letter.device.equals(device))
          && Arrays.equals(payload, letter.payload);
    }
  }

  private static Real live(PayloadRing.Sample sample) {
    return new Real(Instant.ofEpochMilli(sample.at()), sample.device(), "live", sample.payload());
  }

  /** The newest, newest first; the tenant must be in force. */
  List<Real> newest(String tenant, String name, int limit) {
    List<Real> letters = letters(name);
    List<Real> found = new ArrayList<>(letters);
    MappingInUse use = mappings.use(tenant, name);
    if (use != null) {
      use.payloads.newest().stream()
          .map(MappingPayloads::live)
          .filter(real -> letters.stream().noneMatch(real::isSameAs))
          .forEach(found::add);
    }
    if (found.stream().noneMatch(real -> real.source.equals("live"))) {
      found.addAll(archived(name, limit));
    }
    found.sort(Comparator.comparing(Real::at).reversed());
    return found.size() > limit ? found.subList(0, limit) : found;
  }

  private List<Real> letters(String name) {
    return jdbc
        .sql(
            """
            select created_at, device, 'dead-letter', payload, headers ->> 'hub-parts' is not null from (
              select * from dead_letters where status = 'kept' order by created_at desc limit ?) newest
             where headers ->> 'hub-mapping' = ? order by created_at desc limit ?\
            """)
        .params(LOOKED_THROUGH, name, LETTERS_MAX)
        .query((row, n) -> parts(read(row, n), row.getBoolean(5)))
        .list()
        .stream()
        .flatMap(List::stream)
        .limit(LETTERS_MAX)
        .toList();
  }

  /** A mapping sees each part by itself; whose it is, the letter does not say. */
  private List<Real> parts(Real kept, boolean split) {
    if (!split) {
      return List.of(kept);
    }
    try {
      List<Real> parts = new ArrayList<>();
      for (JsonNode part : json.readTree(kept.payload)) {
        if (parts.size() == LETTERS_MAX) {
          break;
        }
        parts.add(
            new Real(
                kept.at,
                kept.source.equals("archive") ? kept.device : null,
                kept.source,
                json.writeValueAsBytes(part)));
      }
      return parts;
    } catch (IOException e) {
      return List.of(kept);
    }
  }

  private List<Real> archived(String name, int limit) {
    return jdbc
        .sql(
            """
            select received_at, device_id::text, 'archive', payload, headers ->> 'hub-parts' is not null from (
              select * from raw_messages order by received_at desc, id desc limit ?) newest
             where mapping = ? order by received_at desc limit ?\
            """)
        .params(LOOKED_THROUGH, name, limit)
        .query((row, n) -> parts(read(row, n), row.getBoolean(5)))
        .list()
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  private static Real read(ResultSet row, int number) throws SQLException {
    return new Real(
        row.getTimestamp(1).toInstant(), row.getString(2), row.getString(3), row.getBytes(4));
  }
}
