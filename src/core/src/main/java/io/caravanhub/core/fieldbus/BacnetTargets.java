package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetAddress;
import io.caravanhub.core.bacnet.BacnetClient;
import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.BacnetException;
import io.caravanhub.core.bacnet.ForeignDevice;
import io.caravanhub.core.bacnet.IAm;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the device that a connection means: at an address, behind a router, or by Who-Is. */
final class BacnetTargets {
  private static final String BY_INSTANCE = "device:";
  private static final String EVERYBODY = "255.255.255.255";

  private final BacnetClient client;
  private final HostLookup hosts;
  private final Duration wait;

  BacnetTargets(BacnetClient client, HostLookup hosts, Duration wait) {
    this.client = client;
    this.hosts = hosts;
    this.wait = wait;
  }

  /** Whether a connection's device is found by Who-Is. */
  static boolean isByInstance(String address) {
    return address.startsWith(BY_INSTANCE);
  }

  /**
   * @throws IllegalArgumentException naming address or option
   */
  CompletableFuture<BacnetDevice> find(FieldbusConnection connection) {
    BacnetOptions options = BacnetOptions.of(connection.options());
    return registered(options)
        .thenCompose(
            bbmd ->
                isByInstance(connection.address())
                    ? byInstance(connection.address(), options, bbmd)
                    : atAddress(connection.address(), options))
        .thenApply(client::device);
  }

  /** Everybody who answers a Who-Is. */
  CompletableFuture<List<IAm>> everybody(FieldbusConnection connection) {
    BacnetOptions options = BacnetOptions.of(connection.options());
    return registered(options)
        .thenCompose(bbmd -> target(options, bbmd))
        .thenCompose(target -> client.whoIs(target, null, null, wait));
  }

  private CompletableFuture<IAm> byInstance(
      String address, BacnetOptions options, @Nullable InetSocketAddress bbmd) {
    String number = address.substring(BY_INSTANCE.length());
    if (!number.matches("\\d{1,7}")) {
      throw new IllegalArgumentException("address: expected device:1234, got " + address);
    }
    int instance = Integer.parseInt(number);
    return target(options, bbmd).thenCompose(target -> client.find(target, instance, wait));
  }

  private CompletableFuture<BacnetAddress> target(
      BacnetOptions options, @Nullable InetSocketAddress bbmd) {
    String broadcast = options.broadcast();
    CompletableFuture<InetSocketAddress> hop =
        broadcast != null
            ? resolve(broadcast)
            : bbmd != null ? CompletableFuture.completedFuture(bbmd) : resolve(EVERYBODY);
    return hop.thenApply(
        to -> {
          if (broadcast != null) {
            client.addBroadcast(to);
          }
          return new BacnetAddress(to, BacnetAddress.ALL_NETWORKS, "");
        });
  }

  private CompletableFuture<IAm> atAddress(String address, BacnetOptions options) {
    return resolve(address)
        .thenApply(hop -> new BacnetAddress(hop, options.network(), options.mac()))
        .thenCompose(
            at -> options.device() == null ? whoever(at) : client.identify(at, options.device()));
  }

  // Devices of before 2010 do not know the instance that stands for any, but every one says I-Am.
  private CompletableFuture<IAm> whoever(BacnetAddress at) {
    return client
        .identify(at)
        .handle(
            (found, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(found);
              }
              Throwable cause =
                  failure instanceof CompletionException wrapped && wrapped.getCause() != null
                      ? wrapped.getCause()
                      : failure;
              boolean refused = cause instanceof BacnetException bacnet && bacnet.isRefusal();
              return refused
                  ? client.whoIs(at, null, null, wait).thenApply(heard -> only(at, heard))
                  : CompletableFuture.<IAm>failedFuture(cause);
            })
        .thenCompose(found -> found);
  }

  private static IAm only(BacnetAddress at, List<IAm> heard) {
    return heard.stream()
        .filter(device -> device.address().equals(at))
        .findFirst()
        .orElseThrow(
            () ->
                new CompletionException(
                    new ConnectException(
                        "the device at " + at + " does not say who it is: give option device")));
  }

  private CompletableFuture<@Nullable InetSocketAddress> registered(BacnetOptions options) {
    if (options.foreign() == null) {
      return CompletableFuture.completedFuture(null);
    }
    return resolve(options.foreign())
        .thenCompose(
            bbmd -> {
              ForeignDevice registration = client.registerAt(bbmd, options.ttl());
              return within(registration.granted(), () -> "foreign: " + registration.error())
                  .thenApply(granted -> bbmd);
            });
  }

  private CompletableFuture<Void> within(
      CompletableFuture<Void> future, Supplier<String> otherwise) {
    return future
        .orTimeout(wait.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
        .exceptionally(
            late -> {
              throw new CompletionException(new ConnectException(otherwise.get()));
            });
  }

  private CompletableFuture<InetSocketAddress> resolve(String address) {
    return hosts.resolve(HostAndPort.parse(address, BacnetAddress.PORT));
  }
}
