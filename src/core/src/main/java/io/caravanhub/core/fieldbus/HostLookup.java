package io.caravanhub.core.fieldbus;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Finds the addresses of hosts. One that is written as an address is had at once; names are looked
 * up on four threads at most, each name once at a time, for a look-up may take long. Safe for many
 * threads.
 */
final class HostLookup implements AutoCloseable {
  private static final int THREADS = 4;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> {
            Thread thread = new Thread(task, "fieldbus-lookup");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, CompletableFuture<InetAddress>> underWay = new ConcurrentHashMap<>();
  private final Resolver resolver;

  /** Looks a host up, however long it takes. */
  interface Resolver {
    InetAddress resolve(String host) throws UnknownHostException;
  }

  HostLookup() {
    this(InetAddress::getByName);
  }

  HostLookup(Resolver resolver) {
    this.resolver = resolver;
    threads.allowCoreThreadTimeOut(true);
  }

  CompletableFuture<InetSocketAddress> resolve(HostAndPort address) {
    byte[] octets = NetUtil.createByteArrayFromIpAddressString(address.host());
    if (octets != null) {
      try {
        return CompletableFuture.completedFuture(
            new InetSocketAddress(InetAddress.getByAddress(octets), address.port()));
      } catch (UnknownHostException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
    CompletableFuture<InetAddress> found = new CompletableFuture<>();
    CompletableFuture<InetAddress> other = underWay.putIfAbsent(address.host(), found);
    if (other == null) {
      begin(address.host(), found);
    }
    return (other == null ? found : other)
        .thenApply(host -> new InetSocketAddress(host, address.port()));
  }

  private void begin(String host, CompletableFuture<InetAddress> found) {
    try {
      threads.execute(() -> lookUp(host, found));
    } catch (RejectedExecutionException stopping) {
      underWay.remove(host);
      found.completeExceptionally(new IOException("the fieldbus is stopping"));
    }
  }

  private void lookUp(String host, CompletableFuture<InetAddress> found) {
    try {
      InetAddress address = resolver.resolve(host);
      underWay.remove(host);
      found.complete(address);
    } catch (UnknownHostException e) {
      underWay.remove(host);
      found.completeExceptionally(new IOException("address: there is no host " + host, e));
    } catch (RuntimeException e) {
      underWay.remove(host);
      found.completeExceptionally(new CompletionException(e));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
