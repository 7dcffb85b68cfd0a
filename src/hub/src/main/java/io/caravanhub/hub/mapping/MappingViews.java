package io.caravanhub.hub.mapping;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Mappings as the API shows them. */
final class MappingViews {
  private MappingViews() {}

  /** A mapping whole: what is in force, and its draft. */
  static Map<String, Object> whole(String name, MappingState state) {
    MappingVersion published = state.published();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", name);
    if (published == null) {
      view.put("version", null);
      view.put("status", "draft");
    } else {
      view.putAll(content(published));
    }
    view.put("draft", state.draft() == null ? null : draft(state.draft()));
    return view;
  }

  /** A version with its content. */
  static Map<String, Object> content(MappingVersion version) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", version.name());
    view.putAll(line(version));
    view.put("kind", MappingVersion.kind(version.content(), version.fields()));
    view.put("jsonata", version.content().isEmpty() ? null : version.content());
    view.put("fields", version.fields());
    return view;
  }

  /** A version in a list. */
  static Map<String, Object> line(MappingVersion version) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("version", version.version());
    view.put("status", version.status());
    view.put("origin", version.origin());
    view.put("author", version.author());
    view.put("note", version.note());
    view.put("basedOn", version.basedOn());
    view.put("createdAt", version.createdAt().toString());
    view.put("publishedAt", text(version.publishedAt()));
    view.put("publishedBy", version.publishedBy());
    view.put("sha256", version.sha256());
    return view;
  }

  private static Map<String, Object> draft(MappingVersion draft) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("jsonata", draft.content().isEmpty() ? null : draft.content());
    view.put("fields", draft.fields());
    view.put("note", draft.note());
    view.put("author", draft.author());
    view.put("savedAt", draft.updatedAt().toString());
    view.put("basedOn", draft.basedOn());
    view.put("problem", MappingTexts.problem(draft.source()));
    return view;
  }

  /** What the audit tells of a version or draft. */
  static @Nullable Map<String, Object> audited(@Nullable MappingVersion version) {
    if (version == null) {
      return null;
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("version", version.version());
    view.put("status", version.status());
    view.put("author", version.author());
    view.put("note", version.note());
    view.put("sha256", version.sha256());
    return view;
  }

  static @Nullable String text(@Nullable Instant moment) {
    return moment == null ? null : moment.toString();
  }
}
