package io.caravanhub.hub.mapping;

import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.mapping.MappingProblem;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.mapping.MappingRows.Line;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The calls that read mappings and their versions. Thread-safe. */
@Component("mappingCalls")
public class MappingCalls {
  private static final String DRAFT = "draft";

  private final MappingRows rows;
  private final TenantMappings mappings;
  private final FolderMappingCatalog files;

  MappingCalls(MappingRows rows, TenantMappings mappings, FolderMappingCatalog files) {
    this.rows = rows;
    this.mappings = mappings;
    this.files = files;
  }

  /**
   * {@code GET /mappings}, by name; {@code q} is a part of the name. A file that this tenant has
   * not used yet has no version. Counts are those of this hub since it began.
   */
  public Page<Map<String, Object>> list(
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor,
      @Header("q") @Nullable String part) {
    int size = Page.limit(limit);
    String after = Page.position(cursor);
    Map<String, List<Line>> current = rows.current();
    Map<String, String> refused =
        files.problems().stream()
            .collect(Collectors.toMap(MappingProblem::name, MappingProblem::reason, (a, b) -> a));
    TreeSet<String> names = new TreeSet<>(files.names());
    names.addAll(current.keySet());
    List<Map<String, Object>> items =
        names.stream()
            .filter(name -> after == null || name.compareTo(after) > 0)
            .filter(name -> part == null || name.contains(part))
            .limit(size + 1L)
            .map(name -> item(name, current.getOrDefault(name, List.of()), refused.get(name)))
            .toList();
    return Page.of(items, size, item -> String.valueOf(item.get("name")));
  }

  private Map<String, Object> item(String name, List<Line> current, @Nullable String refused) {
    Line published = null;
    Line draft = null;
    for (Line version : current) {
      if (version.status().equals(DRAFT)) {
        draft = version;
      } else {
        published = version;
      }
    }
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("name", name);
    item.put("kind", kind(name, published, draft));
    item.put("origin", published != null ? published.origin() : draft != null ? "admin" : "file");
    item.put("version", published == null ? null : published.version());
    item.put("publishedAt", published == null ? null : MappingViews.text(published.publishedAt()));
    item.put(
        "author",
        published != null
            ? published.author()
            : draft != null ? draft.author() : MappingVersion.FILE);
    item.put("hasDraft", draft != null);
    MappingInUse use = mappings.use(CallerContext.current().tenant(), name);
    item.put("matched", use == null ? 0 : use.matched.sum());
    item.put("failed", use == null ? 0 : use.failed.sum());
    item.put("unmatched", use == null ? 0 : use.unmatched.sum());
    item.put("micros", use == null ? 0 : use.micros());
    boolean follows = published == null || published.followsFile();
    item.put("state", state(name, published, follows ? refused : null));
    if (refused != null) {
      item.put("reason", refused);
    }
    return item;
  }

  private String state(String name, @Nullable Line published, @Nullable String refused) {
    return refused != null
        ? "refused"
        : published != null || files.find(name).isPresent() ? "in use" : DRAFT;
  }

  private String kind(String name, @Nullable Line published, @Nullable Line draft) {
    Line shown = published != null ? published : draft;
    if (shown != null) {
      return shown.kind();
    }
    return files
        .find(name)
        .map(file -> MappingVersion.kind(file.content(), file.fields()))
        .orElse("jsonata");
  }

  /** {@code GET /mappings/{name}}: what is in force and the draft, with an entity tag. */
  public void get(Exchange exchange) {
    String name = name(exchange.getMessage());
    MappingState state = state(name);
    Map<String, Object> view = MappingViews.whole(name, state);
    MappingInUse use = mappings.use(CallerContext.current().tenant(), name);
    if (use != null) {
      view.put("matched", use.matched.sum());
      view.put("failed", use.failed.sum());
      view.put("unmatched", use.unmatched.sum());
      view.put("micros", use.micros());
    }
    exchange.setProperty(Answers.TAG, state.tag());
    exchange.getMessage().setBody(view);
  }

  /** {@code GET /mappings/{name}/versions}, newest first. */
  public Page<Map<String, Object>> versions(
      @Header("mappingName") String given,
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor) {
    String name = MappingNames.read(given);
    state(name);
    int size = Page.limit(limit);
    String position = Page.position(cursor);
    Page<MappingVersion> page =
        Page.of(
            rows.history(name, position == null ? Integer.MAX_VALUE : before(position), size + 1),
            size,
            version -> Integer.toString(version.version()));
    return new Page<>(page.items().stream().map(MappingViews::line).toList(), page.cursor());
  }

  private static int before(String position) {
    try {
      return Integer.parseInt(position);
    } catch (NumberFormatException e) {
      throw Page.notACursor();
    }
  }

  /** {@code GET /mappings/{name}/versions/{v}}. */
  public Map<String, Object> version(
      @Header("mappingName") String given, @Header("version") String version) {
    return MappingViews.content(require(MappingNames.read(given), "version", version));
  }

  /** {@code GET /mappings/{name}/versions/{v}/diff?to=}: to a version, or the draft. */
  public Map<String, Object> diff(
      @Header("mappingName") String given,
      @Header("version") String version,
      @Header("to") @Nullable String to) {
    String name = MappingNames.read(given);
    MappingVersion from = require(name, "version", version);
    MappingVersion until = require(name, "to", to == null || to.isBlank() ? DRAFT : to);
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("from", label(from));
    view.put("to", label(until));
    view.put("diff", MappingDiff.between(name, side(from), side(until)));
    return view;
  }

  private static MappingDiff.Side side(MappingVersion version) {
    return new MappingDiff.Side(label(version), version.content(), version.fields());
  }

  private static String label(MappingVersion version) {
    return version.version() == 0 ? DRAFT : "version " + version.version();
  }

  private MappingVersion require(String name, String field, String version) {
    if (version.equals(DRAFT)) {
      return rows.draft(name)
          .orElseThrow(() -> ProblemException.notFound("draft of mapping", name));
    }
    if (!version.matches("[0-9]{1,9}")) {
      throw field.equals("to")
          ? ProblemException.badField(field, "expected the number of a version, or draft")
          : ProblemException.notFound("version " + version + " of mapping", name);
    }
    mappings.version(CallerContext.current().tenant(), name);
    return rows.version(name, Integer.parseInt(version))
        .orElseThrow(() -> ProblemException.notFound("version " + version + " of mapping", name));
  }

  /** What there is, a file being a version from now on. */
  private MappingState state(String name) {
    mappings.version(CallerContext.current().tenant(), name);
    MappingState state =
        new MappingState(rows.published(name).orElse(null), rows.draft(name).orElse(null));
    if (state.isNothing()) {
      String reason =
          files.problems().stream()
              .filter(problem -> problem.name().equals(name))
              .map(MappingProblem::reason)
              .findFirst()
              .orElse("");
      throw reason.isEmpty()
          ? ProblemException.notFound("mapping", name)
          : ProblemException.conflict("name", "its file is refused: " + reason);
    }
    return state;
  }

  private static String name(Message message) {
    return MappingNames.read(message.getHeader("mappingName", String.class));
  }
}
