package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.observability.BatchTrace;
import io.caravanhub.hub.observability.Traced;
import io.caravanhub.hub.rules.RuleEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Takes a batch of {@code hub.normalized} through the store and the rules: many records are one
 * message of many devices, and one commit. Thread-safe.
 */
@Component("kafkaNormalized")
public class NormalizedRecords {
  /** A list with more measurements would crowd the store's queue. */
  private static final int MOST = 5_000;

  private final Stage stage;

  private final TakenOver takenOver;

  private final PollFailures failures;

  private final RecordAges ages;

  NormalizedRecords(RuleEngine rules, KafkaState state, PollFailures failures, RecordAges ages) {
    this.stage = new Stage("direct:channel.normalized", state::withheld);
    this.failures = failures;
    this.ages = ages;
    this.takenOver = new TakenOver(rules::forget);
  }

  private record Read(Exchange record, Telemetry telemetry) implements Traced {
    @Override
    public @Nullable String traceparent() {
      return record.getMessage().getHeader(HEADER, String.class);
    }
  }

  /**
   * Returns when every record is stored or a dead letter.
   *
   * @throws Exception a failure that passes; what is stored is left out when it is called again
   */
  public void take(Exchange exchange) throws Exception {
    RecordBatch batch = RecordBatch.of(exchange);
    if (failures.endWithout(batch, exchange)) {
      return;
    }
    batch.tell(takenOver);
    batch.tell(ages);
    try {
      take(batch);
    } catch (Exception e) {
      if (!failures.endWithout(batch, exchange)) {
        throw e;
      }
    }
  }

  private void take(RecordBatch batch) throws Exception {
    List<Read> list = new ArrayList<>();
    int measurements = 0;
    for (Exchange record : batch.open()) {
      try {
        Read read = new Read(record, read(record));
        takenOver.comes(RecordBatch.partition(record), read.telemetry);
        int more = read.telemetry.measurements().size();
        if (!list.isEmpty() && measurements + more > MOST) {
          store(list);
          list.clear();
          measurements = 0;
        }
        list.add(read);
        measurements += more;
      } catch (UnusableMessageException e) {
        stage.keep(record, e);
        RecordBatch.settle(record);
      }
    }
    if (!list.isEmpty()) {
      store(list);
    }
  }

  private static Telemetry read(Exchange record) {
    StageRecord.check(record, KafkaTopics.NORMALIZED_SCHEMA);
    Telemetry telemetry = TelemetryJson.read((byte[]) record.getMessage().getBody());
    if (!telemetry.tenant().equals(record.getMessage().getHeader(TelemetryHeaders.TENANT))) {
      throw new UnusableMessageException("tenant", "is not that of the record's header");
    }
    return telemetry;
  }

  private void store(List<Read> list) throws Exception {
    Exception failure = send(list);
    if (Blame.of(failure) == Blame.CIRCUMSTANCES) {
      throw Objects.requireNonNull(failure);
    }
    if (failure != null && list.size() > 1) {
      for (Read one : list) {
        store(List.of(one));
      }
      return;
    }
    if (Blame.of(failure) == Blame.UNKNOWN) {
      failure = Stage.again(Objects.requireNonNull(failure), () -> send(list));
    }
    switch (Blame.of(failure)) {
      case NOBODY -> list.forEach(read -> RecordBatch.settle(read.record));
      case RECORD -> keep(list.get(0), Objects.requireNonNull(failure));
      default -> throw Objects.requireNonNull(failure);
    }
  }

  private void keep(Read read, Exception failure) throws Exception {
    read.record.getMessage().setHeader(TelemetryHeaders.DEVICE, read.telemetry.device());
    stage.keep(read.record, failure);
    RecordBatch.settle(read.record);
  }

  private @Nullable Exception send(List<Read> list) throws Exception {
    Exchange message = new DefaultExchange(list.get(0).record.getContext());
    message.getMessage().setBody(list.stream().map(Read::telemetry).toList());
    // Nobody asks them while traces are off.
    message.setProperty(BatchTrace.RECORDS, list);
    return stage.failure(stage.send(message));
  }
}
