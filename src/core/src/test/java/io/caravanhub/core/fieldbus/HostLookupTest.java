package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostLookupTest {
  @Test
  void anAddressWaitsForNoNameAndANameIsLookedUpOnceAtATime() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    AtomicInteger lookups = new AtomicInteger();
    try (HostLookup hosts =
        new HostLookup(
            name -> {
              lookups.incrementAndGet();
              awaitQuietly(slow);
              return InetAddress.getLoopbackAddress();
            })) {
      CompletableFuture<InetSocketAddress> first = hosts.resolve(new HostAndPort("plc", 502));
      CompletableFuture<InetSocketAddress> second = hosts.resolve(new HostAndPort("plc", 503));
      for (int i = 0; i < 10; i++) {
        var unused = hosts.resolve(new HostAndPort("plc" + i, 502));
      }
      assertThat(hosts.resolve(new HostAndPort("192.0.2.7", 502)))
          .isCompletedWithValue(new InetSocketAddress("192.0.2.7", 502));
      assertThat(hosts.resolve(new HostAndPort("[2001:db8::1]", 502)))
          .isCompletedWithValue(new InetSocketAddress("2001:db8::1", 502));
      assertThat(first).isNotDone();
      slow.countDown();
      assertThat(first.get(30, TimeUnit.SECONDS).getPort()).isEqualTo(502);
      assertThat(second.get(30, TimeUnit.SECONDS).getPort()).isEqualTo(503);
      assertThat(lookups.get()).isLessThanOrEqualTo(11);
    }
  }

  @Test
  void aHostThatIsNotThereIsNamed() {
    try (HostLookup hosts =
        new HostLookup(
            name -> {
              throw new UnknownHostException(name);
            })) {
      assertThatThrownBy(() -> hosts.resolve(new HostAndPort("plc", 1)).get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("address: there is no host plc");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
