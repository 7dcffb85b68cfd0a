package io.caravanhub.core.mapping;

import org.jspecify.annotations.Nullable;

/**
 * One version of a mapping as its author wrote it: a field table, an expression, or both.
 *
 * @param name vendor and model, for instance {@code halden/aerotop}
 * @param version what tells this content from any other under the same name
 * @param content the JSONata expression; empty when the table is all
 * @param fields the field table in YAML or JSON, or null when the expression is all
 * @param id what the keeper of the catalogue knows this version by; 0 when it keeps no versions
 */
public record MappingSource(
    String name, String version, String content, @Nullable String fields, int id) {

  /** A mapping whose versions nobody keeps. */
  public MappingSource(String name, String version, String content, @Nullable String fields) {
    this(name, version, content, fields, 0);
  }

  /** A mapping that is an expression alone. */
  public MappingSource(String name, String version, String content) {
    this(name, version, content, null, 0);
  }
}
