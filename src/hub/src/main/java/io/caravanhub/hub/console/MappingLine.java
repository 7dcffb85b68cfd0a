package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mapping in the list.
 *
 * @param path its name in a path: slashes are colons
 * @param kind jsonata, fields or both
 * @param origin file or admin
 * @param version the one in force, or null when the tenant has not used the file yet
 * @param state in use, refused or draft
 * @param reason why it is refused, or null
 */
public record MappingLine(
    String name,
    String path,
    String kind,
    String origin,
    @Nullable Integer version,
    @Nullable Instant publishedAt,
    String author,
    boolean hasDraft,
    long matched,
    long failed,
    long unmatched,
    long micros,
    String state,
    @Nullable String reason) {

  /** What the list can be narrowed to. */
  static final List<String> KINDS = List.of("all", "used", "admin", "drafts", "refused");

  /** Whether it is of one of these kinds. */
  boolean isOf(String kind) {
    return switch (kind) {
      case "used" -> used();
      case "admin" -> origin.equals("admin");
      case "drafts" -> hasDraft;
      case "refused" -> state.equals("refused");
      default -> true;
    };
  }

  /** An item of {@code GET /mappings}. */
  static MappingLine of(Map<String, Object> item) {
    String name = text(item, "name");
    Object published = item.get("publishedAt");
    Object reason = item.get("reason");
    return new MappingLine(
        name,
        name.replace('/', ':'),
        text(item, "kind"),
        text(item, "origin"),
        item.get("version") instanceof Integer version ? version : null,
        published == null ? null : Instant.parse(published.toString()),
        text(item, "author"),
        Boolean.TRUE.equals(item.get("hasDraft")),
        count(item, "matched"),
        count(item, "failed"),
        count(item, "unmatched"),
        count(item, "micros"),
        text(item, "state"),
        reason == null ? null : reason.toString());
  }

  /** Whether any message has asked for it since this hub began. */
  public boolean used() {
    return matched + failed + unmatched > 0;
  }

  private static String text(Map<String, Object> item, String field) {
    return String.valueOf(item.get(field));
  }

  private static long count(Map<String, Object> item, String field) {
    return item.get(field) instanceof Number number ? number.longValue() : 0;
  }
}
