package io.caravanhub.edge.work;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.work.WorkField;
import io.caravanhub.core.work.WorkRules;
import java.nio.file.Path;
import java.time.Duration;

/** Reads section {@code work:}, every mistake told by the field's path. */
final class WorkSettingsReader {
  private static final long MEMORY = 16L << 20;

  private final Path folder;
  private final Path state;

  WorkSettingsReader(Path folder, Path state) {
    this.folder = folder;
    this.state = state;
  }

  WorkSettings read(JsonNode node) {
    WorkField section = new WorkField("work", node);
    section.requireKnown("rules", "models", "modelLib", "snapshot", "memory");
    return new WorkSettings(
        WorkRules.of(section),
        section.list("models").stream().map(one -> ModelSettings.read(one, folder)).toList(),
        folder.resolve(section.text("modelLib", "model-lib")),
        state,
        section.duration("snapshot", Duration.ofSeconds(10)),
        (long) section.number("memory", MEMORY));
  }
}
