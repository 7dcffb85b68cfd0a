package io.caravanhub.core.bacnet;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How a client behaves.
 *
 * @param bind local address; the port 47808 hears devices that broadcast their I-Am, 0 is any
 * @param timeout longest wait for an answer (clause 5.4.1, APDU_Timeout), and for each segment four
 *     of a quarter of it
 * @param retries how often an unanswered request is sent again (clause 5.4.1)
 * @param window requests under way to one device at a time
 */
public record BacnetSettings(InetSocketAddress bind, Duration timeout, int retries, int window) {

  public BacnetSettings {
    if (timeout.isNegative() || timeout.isZero() || retries < 0 || window < 1 || window > 64) {
      throw new IllegalArgumentException(
          "expected a timeout, 0 or more retries and a window of 1 to 64");
    }
  }

  /** Any local address and port, one retry, four requests at a time. */
  public static BacnetSettings of(Duration timeout) {
    return new BacnetSettings(new InetSocketAddress(0), timeout, 1, 4);
  }
}
