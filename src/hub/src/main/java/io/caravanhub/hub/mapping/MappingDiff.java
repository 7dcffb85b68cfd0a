package io.caravanhub.hub.mapping;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Two mappings compared line by line, as a unified diff of their files. */
public final class MappingDiff {
  private static final int CONTEXT = 3;

  private MappingDiff() {}

  /**
   * One side.
   *
   * @param label what stands behind the file's name
   * @param content the expression, empty when there is none
   * @param fields the table, or null
   */
  public record Side(String label, String content, @Nullable String fields) {}

  /** The difference, ending in a line break; empty when there is none. */
  public static String between(String name, Side from, Side to) {
    return Stream.of(
            part(name + ".fields.yaml", from.label, from.fields, to.label, to.fields),
            part(name + ".jsonata", from.label, from.content, to.label, to.content))
        .flatMap(List::stream)
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private static List<String> part(
      String file, String fromLabel, @Nullable String from, String toLabel, @Nullable String to) {
    List<String> before = lines(from);
    return UnifiedDiffUtils.generateUnifiedDiff(
        file + " (" + fromLabel + ")",
        file + " (" + toLabel + ")",
        before,
        DiffUtils.diff(before, lines(to)),
        CONTEXT);
  }

  private static List<String> lines(@Nullable String text) {
    return text == null || text.isEmpty() ? List.of() : text.lines().toList();
  }
}
