package io.caravanhub.edge.spool;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the spool is and how much it keeps.
 *
 * @param file the SQLite file
 * @param maxBytes what it may hold, bytes on disk
 * @param maxAge how old a record may become; not used by {@link Policy#REFUSE}
 * @param policy what happens at the bound
 * @param thinKeep every n-th telemetry message of a device stays when the older half is thinned
 * @param encryptionKeyFile key of the bodies, made when absent; null for no encryption
 * @param fullSync whether each commit waits until the disk has it; without, a power cut may take
 *     the last moments
 */
public record SpoolSettings(
    Path file,
    long maxBytes,
    Duration maxAge,
    Policy policy,
    int thinKeep,
    @Nullable Path encryptionKeyFile,
    boolean fullSync) {

  /** What happens when the spool is as large or as old as it may be. */
  public enum Policy {
    /** The oldest records go; events last. */
    DROP_OLDEST,
    /** The older half keeps every n-th telemetry message of each device, and all events. */
    THIN,
    /** Nothing goes; new records are refused, and their sources try again. */
    REFUSE
  }

  /** The folder of the file. */
  public Path folder() {
    return file.toAbsolutePath().resolveSibling("");
  }

  /** A spool with the bounds that just work. */
  public static SpoolSettings at(Path file) {
    return new SpoolSettings(
        file, 2L << 30, Duration.ofDays(30), Policy.DROP_OLDEST, 4, null, true);
  }
}
