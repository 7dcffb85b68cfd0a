package io.caravanhub.core.drop;

import java.nio.file.Path;
import java.time.Instant;

/** A file as it was when it was looked at. */
public record Dropped(Path path, long size, Instant modified) {
  /** Its name in the folder. */
  public String name() {
    return path.getFileName().toString();
  }
}
