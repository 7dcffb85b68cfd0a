package io.caravanhub.core.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.caravanhub.core.fieldbus.DeviceMapFile;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.route.RouteFileCheck;
import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.RuleReader;
import io.caravanhub.core.work.WorkRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads every file of a bundle as the gateway will, without putting anything in force. Thread-safe
 * as far as its parts are.
 */
public final class BundleCheck {
  private static final String EXPRESSION = ".jsonata";
  private static final String TABLE = ".fields.yaml";
  private static final Pattern FIELD =
      Pattern.compile(
          "((?:[A-Za-z][A-Za-z0-9_]*|\\[\\d+])(?:\\.?(?:[A-Za-z][A-Za-z0-9_]*|\\[\\d+]))*): (.+)",
          Pattern.DOTALL);

  private final CamelContext context;
  private final KnownMetrics metrics;
  private final Predicate<String> shipped;

  /**
   * @param context whose readers parse route files; nothing in it changes
   * @param metrics which metrics rules may name
   * @param shipped whether the gateway's package has a device map of this name
   */
  public BundleCheck(CamelContext context, KnownMetrics metrics, Predicate<String> shipped) {
    this.context = context;
    this.metrics = metrics;
    this.shipped = shipped;
  }

  /** All that is wrong, file by file; empty when the bundle can be used. */
  public List<BundleProblem> problems(Bundle bundle) {
    List<BundleProblem> problems = new ArrayList<>(bundle.shape());
    if (!problems.isEmpty()) {
      return problems;
    }
    for (Map.Entry<String, String> file : bundle.files().entrySet()) {
      String path = file.getKey();
      if (path.startsWith("maps/") || isMapOfMappings(path, file.getValue())) {
        read(path, file.getValue(), DeviceMapFile::check).ifPresent(problems::add);
      } else if (path.equals(Bundle.WORK)) {
        read(path, file.getValue(), WorkRules::read).ifPresent(problems::add);
      } else if (path.startsWith("routes/")) {
        RouteFileCheck.problem(context, Path.of(path), file.getValue())
            .map(p -> new BundleProblem(path, null, p.line(), p.reason()))
            .ifPresent(problems::add);
      } else if (path.startsWith("rules/")) {
        rules(path, file.getValue()).ifPresent(problems::add);
      }
    }
    mappings(bundle, problems);
    String connections = bundle.files().get(Bundle.FIELDBUS);
    if (connections != null) {
      problems.addAll(ConnectionList.problems(connections, map -> knows(bundle, map)));
    }
    return problems;
  }

  private boolean knows(Bundle bundle, String map) {
    return bundle.files().containsKey("maps/" + map)
        || bundle.files().containsKey("mappings/" + map)
        || shipped.test(map);
  }

  private static boolean isMapOfMappings(String path, String text) {
    return path.startsWith("mappings/")
        && path.endsWith(".yaml")
        && !path.endsWith(TABLE)
        && text.contains("points:")
        && text.contains("protocol:");
  }

  private static Optional<BundleProblem> read(String path, String text, Consumer<String> reader) {
    try {
      reader.accept(text);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      String told = String.valueOf(e.getMessage());
      Matcher field = FIELD.matcher(told);
      return Optional.of(
          field.matches()
              ? new BundleProblem(
                  path, field.group(1), YamlLines.of(text, field.group(1)), field.group(2))
              : new BundleProblem(path, null, lineOf(e.getCause()), told));
    }
  }

  private Optional<BundleProblem> rules(String path, String text) {
    try {
      RuleReader.file(text, metrics);
      return Optional.empty();
    } catch (RuleException e) {
      String field = e.field().isEmpty() ? null : e.field();
      return Optional.of(new BundleProblem(path, field, e.line(), String.valueOf(e.getMessage())));
    }
  }

  private static int lineOf(@Nullable Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof JsonProcessingException json) {
        return YamlLines.of(json);
      }
    }
    return 0;
  }

  private static void mappings(Bundle bundle, List<BundleProblem> problems) {
    TreeSet<String> names = new TreeSet<>();
    for (String path : bundle.files().keySet()) {
      if (path.startsWith("mappings/") && path.endsWith(EXPRESSION)) {
        names.add(path.substring(0, path.length() - EXPRESSION.length()));
      } else if (path.startsWith("mappings/") && path.endsWith(TABLE)) {
        names.add(path.substring(0, path.length() - TABLE.length()));
      }
    }
    for (String name : names) {
      String expression = bundle.files().getOrDefault(name + EXPRESSION, "");
      String table = bundle.files().get(name + TABLE);
      try {
        Mapping.compile(new MappingSource(name.substring(9), "draft", expression, table));
      } catch (MappingException e) {
        String field = e.field();
        problems.add(
            new BundleProblem(
                name + (field != null || expression.isEmpty() ? TABLE : EXPRESSION),
                field,
                e.line(),
                e.reason()));
      }
    }
  }
}
