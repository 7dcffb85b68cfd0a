package io.caravanhub.hub.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once when the disk under HUB_HOME is nearly full, and once when it has room again. */
final class HomeDisk {
  private static final Logger LOG = LoggerFactory.getLogger(HomeDisk.class);
  private static final long MEGABYTE = 1 << 20;

  /** PostgreSQL writes ahead in files of 16 MB and needs a few of them. */
  private static final long LOW = 64 * MEGABYTE;

  private final Path home;
  private boolean low;

  HomeDisk(Path home) {
    this.home = home;
  }

  /** Whether there is hardly room left; to be called now and then, by one thread. */
  boolean isLow() {
    long free;
    try {
      free = Files.getFileStore(home).getUsableSpace();
    } catch (IOException e) {
      return low;
    }
    if (!low && free < LOW) {
      low = true;
      LOG.error(
          "The disk of {} is full, {} MB are left: PostgreSQL cannot write, and what it cannot write is not acknowledged."
              + " Make room; the hub goes on by itself",
          home,
          free / MEGABYTE);
    } else if (low && free > 2 * LOW) {
      low = false;
      LOG.warn("The disk of {} has room again, {} MB", home, free / MEGABYTE);
    }
    return low;
  }
}
