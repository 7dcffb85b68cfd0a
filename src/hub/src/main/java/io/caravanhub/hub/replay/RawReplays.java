package io.caravanhub.hub.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.telemetry.LatestValues;
import io.caravanhub.hub.telemetry.QualityJudge;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Maps the past anew: raw messages in the order they came go through today's mapping, and their
 * rows are changed, added and removed accordingly. No rule sees them. A message that today's
 * mapping cannot use leaves its rows alone. Running it twice changes nothing the second time.
 */
@Component("raw")
class RawReplays implements ReplayKind {
  private static final String MAP = "direct:replay.map";

  private final RawRows rows;
  private final ProducerTemplate template;
  private final QualityJudge judge;
  private final LatestValues latest;
  private final ObjectMapper json;

  RawReplays(
      RawRows rows,
      ProducerTemplate template,
      QualityJudge judge,
      LatestValues latest,
      ObjectMapper json) {
    this.rows = rows;
    this.template = template;
    this.judge = judge;
    this.latest = latest;
    this.json = json;
  }

  @Override
  public ReplayWork begin(ReplayJob job) {
    try {
      return new Work(json.readValue(job.filter(), RawFilter.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Work implements ReplayWork {
    private final RawFilter filter;
    private final Executor pastOnly = judge.past();

    Work(RawFilter filter) {
      this.filter = filter;
    }

    @Override
    public long total() {
      return rows.count(filter);
    }

    @Override
    public ReplayStep step(ReplayJob job) {
      List<RawRows.Kept> page = rows.after(filter, job.position());
      if (page.isEmpty()) {
        return new ReplayStep(null, 0, 0, 0, 0, null);
      }
      List<Remapped> remapped = new ArrayList<>();
      Failures failures = new Failures();
      pastOnly.execute(() -> page.forEach(kept -> map(kept, remapped, failures)));
      RawRows.Changes changes = rows.write(-job.run(), remapped, latest::withdrawn);
      remapped.forEach(message -> latest.corrected(message.telemetry()));
      return new ReplayStep(
          page.get(page.size() - 1).position(),
          page.size(),
          failures.count,
          changes.changed(),
          changes.removed(),
          failures.last);
    }

    private void map(RawRows.Kept kept, List<Remapped> into, Failures failures) {
      Exchange exchange = rows.message(kept, template.getCamelContext());
      template.send(MAP, exchange);
      Exception cause = exchange.getException();
      if (cause == null) {
        into.add(
            new Remapped(
                kept, Objects.requireNonNull(exchange.getMessage().getBody(Telemetry.class))));
      } else if (cause instanceof UnusableMessageException || cause instanceof MappingException) {
        failures.count++;
        failures.last = "received " + kept.receivedAt() + ": " + cause.getMessage();
      } else {
        throw new NotNowException(String.valueOf(cause.getMessage()));
      }
    }
  }

  private static final class Failures {
    int count;
    @Nullable String last;
  }

  /** A raw message and what it comes to today. */
  record Remapped(RawRows.Kept kept, Telemetry telemetry) {}
}
