package io.caravanhub.testkit.connector;

import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.stream.FilePlace;
import io.caravanhub.core.stream.Folders;
import io.caravanhub.core.stream.InTurn;
import io.caravanhub.core.stream.LinkOptions;
import io.caravanhub.core.stream.MessageSorter;
import io.caravanhub.core.stream.Received;
import io.caravanhub.core.stream.Sorted;
import io.caravanhub.core.stream.StreamLink;
import io.caravanhub.core.stream.StreamLinks;
import io.caravanhub.core.stream.StreamListener;
import io.caravanhub.core.stream.StreamPlan;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Listens to a scripted broker or cloud until it has heard enough, it ends, or it takes too long.
 */
final class HeardStream implements StreamListener {
  private static final Duration PATIENT = Duration.ofSeconds(5);

  private final MessageSorter sorter;
  private final boolean acknowledges;
  private final CountDownLatch enough;
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Message> messages = new ArrayList<>();
  private volatile @Nullable CloudException failure;
  private volatile String subscribed = "";

  /**
   * A message and what it was taken for.
   *
   * @param sorted null when nothing that is declared fits it
   * @param error why it could not be sorted, or null
   */
  record Message(String topic, byte[] payload, @Nullable Sorted sorted, @Nullable String error) {}

  /**
   * What was heard.
   *
   * @param failure why it ended, or null
   */
  record Heard(List<Message> messages, String subscribed, @Nullable CloudException failure) {}

  private HeardStream(MessageSorter sorter, boolean acknowledges, int count) {
    this.sorter = sorter;
    this.acknowledges = acknowledges;
    this.enough = new CountDownLatch(count);
  }

  /**
   * Listens.
   *
   * @param subscribed as the last one had it; empty for a first connection
   * @param acknowledges whether messages are told to be done
   * @param count how many messages are enough
   */
  static Heard of(
      StreamPlan plan,
      Map<String, String> values,
      String subscribed,
      boolean acknowledges,
      int count) {
    return of(plan, values, subscribed, acknowledges, count, Folders.NONE);
  }

  /** As above, of files in a folder. */
  static Heard of(
      StreamPlan plan,
      Map<String, String> values,
      String subscribed,
      boolean acknowledges,
      int count,
      Folders folders) {
    ScheduledExecutorService threads = Executors.newScheduledThreadPool(1);
    CloudAccess access =
        new CloudAccess() {
          @Override
          public @Nullable String value(String name) {
            return values.get(name);
          }

          @Override
          public void renew(Map<String, String> renewed) {
            values.putAll(renewed);
          }
        };
    MessageSorter sorter = new MessageSorter(plan.messages(), values::get);
    HeardStream heard = new HeardStream(sorter, acknowledges, count);
    LinkOptions options =
        new LinkOptions("kit", true, subscribed, new InTurn(threads), threads, PATIENT, folders);
    try (StreamLink link =
        StreamLinks.of(
            plan, access, sorter, new CloudHttp(PATIENT), Clock.systemUTC(), options, heard)) {
      link.open();
      return heard.listen();
    } catch (CloudException e) {
      return new Heard(List.of(), "", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      threads.shutdown();
    }
  }

  private Heard listen() throws InterruptedException {
    long until = System.nanoTime() + PATIENT.toNanos();
    while (System.nanoTime() < until
        && over.getCount() > 0
        && !enough.await(20, TimeUnit.MILLISECONDS)) {
      // Whichever comes first.
    }
    // Acknowledgements are on their way.
    if (acknowledges && over.getCount() > 0) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    synchronized (messages) {
      return new Heard(List.copyOf(messages), subscribed, failure);
    }
  }

  @Override
  public void connected(String filters, boolean gap) {
    subscribed = filters;
  }

  @Override
  public void received(Received message) {
    Sorted sorted = null;
    String error = null;
    try {
      FilePlace place = message.place();
      if (place != null && place.problem() != null) {
        error = place.problem();
      } else {
        sorted = sorter.sort(message.topic(), message.payload());
      }
    } catch (RuntimeException e) {
      error = e.toString();
    }
    synchronized (messages) {
      messages.add(new Message(message.topic(), message.payload(), sorted, error));
    }
    if (acknowledges) {
      message.done().run();
    }
    enough.countDown();
  }

  @Override
  public void ended(CloudException why) {
    failure = why;
    over.countDown();
  }
}
