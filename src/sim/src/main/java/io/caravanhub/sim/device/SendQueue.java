package io.caravanhub.sim.device;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a device has to say until the hub has acknowledged it, in order, across any time the
 * hub is away. It is bounded as a device's memory is: the oldest message gives way when full.
 *
 * <p>One message is under way at a time, so that order holds whatever fails. Safe for use by many
 * threads.
 */
public final class SendQueue implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SendQueue.class);

  private final String device;
  private final Link link;
  private final int capacity;
  private final BackOff backOff = new BackOff(Duration.ofMillis(250), Duration.ofSeconds(5));
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private final Thread sender;
  private long dropped;

  /**
   * @param device its serial, for the log
   * @param link closed together with the queue
   * @param capacity messages kept at most
   */
  public SendQueue(String device, Link link, int capacity) {
    this.device = device;
    this.link = link;
    this.capacity = capacity;
    sender = new Thread(this::sendForEver, "send-" + device);
    sender.setDaemon(true);
    sender.start();
  }

  /** Takes a message to send; never blocks. */
  public synchronized void offer(byte[] message) {
    if (waiting.size() == capacity) {
      waiting.removeFirst();
      if (dropped++ == 0) {
        log.warn("{}: send queue is full, the oldest of {} messages gives way", device, capacity);
      }
    }
    waiting.addLast(message);
    notifyAll();
  }

  /** Messages not acknowledged yet. */
  public synchronized int size() {
    return waiting.size();
  }

  /** Messages given up because the queue was full. */
  public synchronized long dropped() {
    return dropped;
  }

  private void sendForEver() {
    try {
      while (true) {
        byte[] message = head();
        try {
          link.send(message);
          acknowledged(message);
          backOff.reset();
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          log.info("{}: not acknowledged, will be sent again: {}", device, e.toString());
          Thread.sleep(backOff.nextMillis());
        }
      }
    } catch (InterruptedException e) {
      log.debug("{}: stopped with {} messages waiting", device, size());
    }
  }

  private synchronized byte[] head() throws InterruptedException {
    while (waiting.isEmpty()) {
      wait();
    }
    return waiting.getFirst();
  }

  private synchronized void acknowledged(byte[] message) {
    if (waiting.peekFirst() == message) {
      waiting.removeFirst();
    }
  }

  @Override
  public void close() {
    sender.interrupt();
    link.close();
  }
}
