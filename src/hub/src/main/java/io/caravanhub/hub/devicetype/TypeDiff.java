package io.caravanhub.hub.devicetype;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.List;
import java.util.stream.Collectors;

/** Two versions of a type compared line by line, as a unified diff of their YAML. */
public final class TypeDiff {
  private static final int CONTEXT = 3;

  private TypeDiff() {}

  /** The difference, each line with its line break; empty when there is none. */
  public static String between(TypeVersion from, TypeVersion to) {
    List<String> before = DeviceTypeFile.text(from.type()).lines().toList();
    List<String> after = DeviceTypeFile.text(to.type()).lines().toList();
    return UnifiedDiffUtils.generateUnifiedDiff(
            label(from), label(to), before, DiffUtils.diff(before, after), CONTEXT)
        .stream()
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private static String label(TypeVersion version) {
    return version.type().name() + ".yaml (version " + version.number() + ")";
  }
}
