package io.caravanhub.hub.replay;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A replay and how far it is.
 *
 * @param run marks the rows that it wrote
 * @param filter which messages, a JSON object
 * @param state queued, running, done, cancelled or failed
 * @param total messages that were there when it began, or null while they are not counted
 * @param done messages looked at, those that failed included
 * @param failed messages that cannot be used today either
 * @param changed rows of telemetry that are new or have another value now (raw replays)
 * @param removed rows that the mapping of old made and today's does not (raw replays)
 * @param samples some of the rows that a dry run found different, a JSON array
 * @param position after which message it goes on
 */
public record ReplayJob(
    String id,
    long run,
    String tenant,
    String kind,
    String filter,
    String state,
    @Nullable Long total,
    long done,
    long failed,
    long changed,
    long removed,
    String samples,
    @Nullable String position,
    @Nullable String lastError,
    String actor,
    Instant createdAt,
    @Nullable Instant finishedAt) {

  /** Whether nothing more will happen. */
  public boolean ended() {
    return !state.equals("queued") && !state.equals("running");
  }
}
