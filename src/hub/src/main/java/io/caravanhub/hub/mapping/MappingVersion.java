package io.caravanhub.hub.mapping;

import io.caravanhub.core.mapping.MappingSource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version of a tenant's mapping, or its draft.
 *
 * @param id what batches of telemetry name it by; unique over all tenants
 * @param version its number, from 1; 0 for a draft
 * @param status draft, published or superseded
 * @param origin file or admin: who rules while it is published
 * @param content the JSONata expression, empty when the field table is all
 * @param fields the field table, or null
 * @param sha256 of both, in hexadecimal
 * @param author who wrote it; {@code file} when it came with a file
 * @param note why
 * @param basedOn the version it was written over, or rolled back to; null when there was none
 * @param updatedAt of a draft: when it was saved last
 */
public record MappingVersion(
    int id,
    String name,
    int version,
    String status,
    String origin,
    String content,
    @Nullable String fields,
    String sha256,
    String author,
    String note,
    @Nullable Integer basedOn,
    Instant createdAt,
    @Nullable Instant publishedAt,
    @Nullable String publishedBy,
    Instant updatedAt) {

  /** The author of what comes from a file. */
  static final String FILE = "file";

  /** To be compiled and applied; batches will name this version. */
  MappingSource source() {
    return new MappingSource(name, Integer.toString(version), content, fields, id);
  }

  /** Whether the hub follows the file of this name while this is in force. */
  boolean followsFile() {
    return origin.equals(FILE);
  }

  /** Whether it says the same as this source. */
  boolean holds(MappingSource source) {
    return sha256.equals(MappingRows.sha256(source.content(), source.fields()));
  }

  /** What the list calls it. */
  static String kind(String content, @Nullable String fields) {
    return fields == null ? "jsonata" : content.isBlank() ? "fields" : "both";
  }
}
