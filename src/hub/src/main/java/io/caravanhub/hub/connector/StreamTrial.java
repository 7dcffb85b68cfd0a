package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.stream.FilePlace;
import io.caravanhub.core.stream.InTurn;
import io.caravanhub.core.stream.LinkOptions;
import io.caravanhub.core.stream.MessageSorter;
import io.caravanhub.core.stream.Received;
import io.caravanhub.core.stream.Sorted;
import io.caravanhub.core.stream.StreamLink;
import io.caravanhub.core.stream.StreamLinks;
import io.caravanhub.core.stream.StreamListener;
import io.caravanhub.core.stream.StreamPlan;
import io.caravanhub.hub.connector.Leases.Lease;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects once beside the stream that may be held, under a name of its own, and listens for a few
 * seconds. Nothing is stored, and the broker keeps nothing of it. Used once.
 */
final class StreamTrial implements StreamListener {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final MessageSorter sorter;
  private final CountDownLatch connected = new CountDownLatch(1);
  private final CountDownLatch heard = new CountDownLatch(1);
  private final TrialSink seen;
  private volatile @Nullable CloudException failure;

  private StreamTrial(MessageSorter sorter, TrialSink seen) {
    this.sorter = sorter;
    this.seen = seen;
  }

  /**
   * Connects, waits for the first messages at most, and disconnects.
   *
   * @param wait how long to wait for a message
   * @return why it failed, or null
   */
  static @Nullable CloudException run(
      StreamPlan plan,
      StreamParts parts,
      Lease lease,
      Connection connection,
      Duration wait,
      TrialSink seen) {
    ScheduledExecutorService threads = Executors.newScheduledThreadPool(1);
    try {
      ConnectionAccess access = parts.access(lease, connection);
      MessageSorter sorter = new MessageSorter(plan.messages(), access::value);
      StreamTrial trial = new StreamTrial(sorter, seen);
      LinkOptions options =
          new LinkOptions(
              "caravan-test-" + UUID.randomUUID(),
              false,
              "",
              new InTurn(threads),
              threads,
              DEADLINE,
              parts.folders(connection));
      try (StreamLink link =
          StreamLinks.of(
              plan.forTest(),
              access,
              sorter,
              new CloudHttp(DEADLINE),
              Clock.systemUTC(),
              options,
              trial)) {
        link.open();
        return trial.listen(wait);
      }
    } catch (CloudException e) {
      return e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CloudException.unavailable("interrupted", null);
    } finally {
      threads.shutdown();
    }
  }

  private @Nullable CloudException listen(Duration wait) throws InterruptedException {
    if (!connected.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
      return CloudException.unavailable("no answer in time", null);
    }
    if (failure == null && heard.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
      // What is retained comes all at once.
      TimeUnit.MILLISECONDS.sleep(300);
    }
    return failure;
  }

  @Override
  public void connected(String subscribed, boolean gap) {
    connected.countDown();
  }

  @Override
  public void received(Received message) {
    FilePlace place = message.place();
    Sorted sorted =
        place == null || place.problem() == null
            ? sorter.sort(message.topic(), message.payload())
            : null;
    synchronized (seen) {
      if (place != null && (sorted == null || sorted.isUnread())) {
        seen.unread(
            place.text()
                + ": "
                + (place.problem() == null
                    ? "no message of the connector fits it"
                    : place.problem()));
      }
      boolean describes = sorted != null && sorted.kind().inventory() != null;
      seen.heard(
          sorted == null ? null : sorted.kind().mapping(),
          sorted == null || describes && sorted.kind().mapping() == null
              ? List.of()
              : sorted.parts());
    }
    message.done().run();
    heard.countDown();
  }

  @Override
  public void ended(CloudException why) {
    failure = why;
    connected.countDown();
    heard.countDown();
  }
}
