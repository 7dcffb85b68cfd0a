package io.caravanhub.hub.console;

import io.caravanhub.core.rule.RuleScope;
import io.caravanhub.hub.event.RuleFigures;
import io.caravanhub.hub.rules.RuleOverview;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule in the list.
 *
 * @param state {@code live}, {@code shadow} or {@code off}
 * @param source the file's name, or empty for the tenant's own
 * @param author who saved the tenant's own last; empty for a file's
 * @param scope the devices it is for, in words
 * @param falseDispatchRate jobs for nothing over jobs, or null without jobs
 */
public record RuleLine(
    String id,
    String description,
    String state,
    String source,
    int version,
    String author,
    @Nullable Instant savedAt,
    String scope,
    String metric,
    String type,
    String severity,
    String family,
    long events,
    long jobs,
    long dismissed,
    @Nullable Double falseDispatchRate,
    @Nullable Instant last) {

  /**
   * @param figures what it led to in thirty days, or null when nothing
   */
  static RuleLine of(RuleOverview.Item item, @Nullable RuleFigures figures) {
    RuleOverview.Saved saved = item.saved();
    RuleOverview.Led led = item.led();
    return new RuleLine(
        item.rule().id(),
        item.rule().description(),
        item.state(),
        item.own() ? "" : item.source(),
        saved == null ? 0 : saved.version(),
        saved == null ? "" : saved.author().replaceFirst("^[a-z]+:", ""),
        saved == null ? null : saved.at(),
        words(item.rule().scope()),
        item.rule().when().metric(),
        item.rule().outcome().type().label(),
        item.rule().outcome().severity().label(),
        item.rule().outcome().family(),
        led.events(),
        figures == null ? 0 : figures.jobs(),
        figures == null ? 0 : figures.dismissed(),
        figures == null ? null : figures.falseDispatchRate(),
        led.last());
  }

  /** Whether the tenant wrote it. */
  public boolean own() {
    return source.isEmpty();
  }

  /** The devices of a scope. */
  static String words(RuleScope scope) {
    List<String> words = new ArrayList<>();
    add(words, "", scope.deviceType());
    add(words, "", scope.manufacturer());
    add(words, "", scope.model());
    add(words, "SLA ", scope.slaTier());
    add(words, "customer ", scope.customer());
    add(words, "at ", scope.location());
    add(words, "asset ", scope.asset());
    return words.isEmpty() ? "every device" : String.join(", ", words);
  }

  private static void add(List<String> words, String lead, @Nullable String given) {
    if (given != null) {
      words.add(lead + given);
    }
  }
}
