package io.caravanhub.hub.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.deadletter.DeadLetterQueries;
import io.caravanhub.hub.deadletter.LetterFilter;
import io.caravanhub.hub.deadletter.LetterReplay;
import io.caravanhub.hub.deadletter.LetterReplay.Fate;
import io.caravanhub.hub.deadletter.LetterReplay.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Replays kept dead letters, oldest first, one at a time: only ids are read ahead, so memory does
 * not grow with their number or size.
 */
@Component("dead_letters")
class LetterReplays implements ReplayKind {
  private static final int STEP = 50;

  private final DeadLetterQueries queries;
  private final LetterReplay replay;
  private final ObjectMapper json;

  LetterReplays(DeadLetterQueries queries, LetterReplay replay, ObjectMapper json) {
    this.queries = queries;
    this.replay = replay;
    this.json = json;
  }

  @Override
  public ReplayWork begin(ReplayJob job) {
    return new Work(filter(job));
  }

  /** Letters that are kept when the job is made; those that fail are not met twice. */
  private LetterFilter filter(ReplayJob job) {
    try {
      LetterFilter given = json.readValue(job.filter(), LetterFilter.class).withStatus("kept");
      return given.to() != null
          ? given
          : new LetterFilter(
              "kept",
              given.device(),
              given.source(),
              given.field(),
              given.reason(),
              given.from(),
              job.createdAt().toString());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Work implements ReplayWork {
    private final LetterFilter filter;

    Work(LetterFilter filter) {
      this.filter = filter;
    }

    @Override
    public long total() {
      return queries.count(filter);
    }

    @Override
    public ReplayStep step(ReplayJob job) {
      List<DeadLetterQueries.Position> letters = queries.after(filter, job.position(), STEP);
      String position = null;
      String error = null;
      long done = 0;
      long failed = 0;
      for (DeadLetterQueries.Position letter : letters) {
        Outcome outcome = replay.replay(job.tenant(), letter.id(), null, job.actor());
        if (outcome.fate() == Fate.BUSY) {
          if (done == 0) {
            throw new NotNowException(said(outcome));
          }
          break;
        }
        if (outcome.fate() == Fate.UNUSABLE) {
          failed++;
          error = said(outcome);
        }
        done++;
        position = letter.text();
      }
      return new ReplayStep(position, done, failed, 0, 0, error);
    }

    private static String said(Outcome outcome) {
      @Nullable String field = outcome.field();
      return (field == null ? "" : field + ": ") + outcome.reason();
    }
  }
}
