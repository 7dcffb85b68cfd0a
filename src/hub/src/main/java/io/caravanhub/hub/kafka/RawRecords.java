package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.UnusableMessageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.springframework.stereotype.Component;

/**
 * Takes a batch of {@code hub.raw} through the raw channel. Records go in one after the other, so
 * that those of a device keep their order, and are waited for together. Thread-safe.
 */
@Component("kafkaRaw")
public class RawRecords {
  private final Stage stage;

  private final PollFailures failures;

  private final RecordAges ages;

  RawRecords(KafkaState state, PollFailures failures, RecordAges ages) {
    this.stage = new Stage("direct:channel.raw", state::withheld);
    this.failures = failures;
    this.ages = ages;
  }

  private record Sent(Exchange record, CompletableFuture<Exchange> done) {}

  /**
   * Returns when every record is sent on or a dead letter.
   *
   * @throws Exception a failure that passes; what went through is left out when it is called again
   */
  public void take(Exchange exchange) throws Exception {
    RecordBatch batch = RecordBatch.of(exchange);
    if (failures.endWithout(batch, exchange)) {
      return;
    }
    batch.tell(ages);
    try {
      for (List<Exchange> open = batch.open(); !open.isEmpty(); open = batch.open()) {
        settle(send(open));
      }
    } catch (Exception e) {
      if (!failures.endWithout(batch, exchange)) {
        throw e;
      }
    }
  }

  private List<Sent> send(List<Exchange> records) throws Exception {
    List<Sent> sent = new ArrayList<>();
    for (Exchange record : records) {
      CompletableFuture<Exchange> done = send(record);
      sent.add(new Sent(record, done));
      if (done.isDone() && isLeft(Blame.of(done.join().getException()))) {
        // What comes after it would overtake it.
        break;
      }
    }
    return sent;
  }

  private void settle(List<Sent> sent) throws Exception {
    Exception first = null;
    Set<String> waiting = new HashSet<>();
    for (Sent one : sent) {
      Exception failure = stage.failure(one.done);
      String key = String.valueOf(one.record.getMessage().getHeader(KafkaConstants.KEY));
      if (waiting.contains(key)) {
        // Behind one of its device that failed, it goes again with it.
        continue;
      }
      if (Blame.of(failure) == Blame.UNKNOWN) {
        failure =
            Stage.again(Objects.requireNonNull(failure), () -> stage.failure(send(one.record)));
      }
      if (isLeft(Blame.of(failure))) {
        first = first == null ? failure : first;
        waiting.add(key);
        continue;
      }
      if (failure != null) {
        stage.keep(one.record, failure);
      }
      RecordBatch.settle(one.record);
    }
    if (first != null) {
      throw first;
    }
  }

  private CompletableFuture<Exchange> send(Exchange record) throws Exception {
    Exchange message = StageRecord.message(record);
    // Its trace counts only where it came from the hub's own topic.
    message.getExchangeExtension().setFromRouteId(record.getFromRouteId());
    try {
      StageRecord.check(record, KafkaTopics.RAW_SCHEMA);
    } catch (UnusableMessageException e) {
      message.setException(e);
      return CompletableFuture.completedFuture(message);
    }
    return stage.send(message);
  }

  private static boolean isLeft(Blame blame) {
    return blame == Blame.CIRCUMSTANCES || blame == Blame.UNKNOWN;
  }
}
