package io.caravanhub.hub.broker;

import com.hivemq.bootstrap.ClientConnection;
import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import com.hivemq.persistence.connection.ConnectionPersistence;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HiveMQ Community Edition in this process. Every publish of a device is taken by {@link
 * TelemetryInterceptor} and acknowledged when the route that took it is done; the broker itself
 * keeps nothing of it. Thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

  private static final String EVENT_LOOPS = "io.netty.eventLoopThreads";

  /** How long a route may take with a publish before the device is told to send it again. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** A publish that passed authentication and authorization. */
  record Publish(String topic, String tenant, String device, byte[] payload) {}

  /** Takes a publish; the future completes when it may be acknowledged. */
  interface Taker {
    CompletableFuture<Void> take(Publish publish);
  }

  private record Subscription(TopicFilter filter, Taker taker) {}

  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final BooleanSupplier serving;
  private final BrokerExtension extension;
  private final EmbeddedHiveMQ hivemq;

  private EmbeddedBroker(
      Path folder,
      Gatekeeper gatekeeper,
      @Nullable SecurePort secure,
      BooleanSupplier serving,
      Duration longest) {
    this.serving = serving;
    this.extension =
        new BrokerExtension(
            gatekeeper, new TelemetryInterceptor(gatekeeper, this, longest), this, secure);
    this.hivemq =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(folder.resolve("conf"))
            .withDataFolder(folder.resolve("data"))
            .withExtensionsFolder(folder.resolve("extensions"))
            .withEmbeddedExtension(
                EmbeddedExtension.builder()
                    .withId("caravan-hub")
                    .withName("Caravan Hub")
                    .withVersion("1")
                    .withAuthor("Caravan Hub")
                    .withPriority(0)
                    .withStartPriority(1000)
                    .withExtensionMain(extension)
                    .build())
            .withoutLoggingBootstrap()
            .build();
  }

  /**
   * Starts the broker; its folder holds only generated configuration.
   *
   * @param serving whether the routes run that take what is published; nobody is let in before
   */
  static EmbeddedBroker start(
      Path folder,
      String bind,
      int port,
      SecurePort secure,
      Gatekeeper gatekeeper,
      BooleanSupplier serving) {
    return start(folder, bind, port, secure, gatekeeper, serving, LONGEST);
  }

  static EmbeddedBroker start(
      Path folder, String bind, int port, Gatekeeper gatekeeper, Duration longest) {
    return start(folder, bind, port, null, gatekeeper, () -> true, longest);
  }

  static EmbeddedBroker start(
      Path folder,
      String bind,
      int port,
      @Nullable SecurePort secure,
      Gatekeeper gatekeeper,
      BooleanSupplier serving,
      Duration longest) {
    useFewThreads();
    try {
      for (String name : List.of("conf", "data", "extensions")) {
        Files.createDirectories(folder.resolve(name));
      }
      Files.writeString(folder.resolve("conf/config.xml"), BrokerFile.text(bind, port, secure));
      EmbeddedBroker broker = new EmbeddedBroker(folder, gatekeeper, secure, serving, longest);
      broker.hivemq.start().get(60, TimeUnit.SECONDS);
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the broker's configuration to " + folder, e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "the embedded MQTT broker did not start on "
              + bind
              + ":"
              + port
              + (secure == null ? "" : " and " + secure.port()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * Half as many threads as cores, for the sockets and for the interceptors. A message is so little
   * work that waking a thread for it costs more: with HiveMQ's eight threads on two cores it takes
   * a third more CPU, with few of them each finds several messages when it wakes.
   */
  private static void useFewThreads() {
    int few = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    if (System.getProperty(EVENT_LOOPS) == null) {
      System.setProperty(EVENT_LOOPS, Integer.toString(few));
    }
    InternalConfigurations.EXTENSION_TASK_QUEUE_EXECUTOR_THREADS_COUNT.set(few);
  }

  /** Whether the hub's routes run; else what is not taken now is taken later. */
  boolean isServing() {
    return serving.getAsBoolean();
  }

  void subscribe(TopicFilter filter, Taker taker) {
    subscriptions.add(new Subscription(filter, taker));
  }

  void unsubscribe(TopicFilter filter) {
    subscriptions.removeIf(s -> s.filter.equals(filter));
  }

  /** Gives the publish to the route that asked for its topic; fails when none did. */
  CompletableFuture<Void> dispatch(String[] levels, Publish publish) {
    for (Subscription subscription : subscriptions) {
      if (subscription.filter.matches(levels)) {
        return subscription.taker.take(publish);
      }
    }
    return CompletableFuture.failedFuture(
        new IllegalStateException("no route takes " + publish.topic()));
  }

  /** Closes every session of somebody whose rights have ended. */
  void end(String tenant, String subject) {
    extension.sessions().end(tenant, subject);
  }

  /** The open connections; there while the broker runs. */
  OpenSessions sessions() {
    return extension.sessions();
  }

  /**
   * The channel of a client's connection, empty when it has ended, though the client may have
   * another by now. HiveMQ does not show it to an extension, this is its own list.
   */
  Optional<Channel> channel(String clientId, ConnectionInformation connection) {
    try {
      Method injector = hivemq.getClass().getDeclaredMethod("getInjector");
      injector.setAccessible(true);
      ConnectionPersistence connections =
          (ConnectionPersistence)
              injector
                  .getReturnType()
                  .getMethod("getInstance", Class.class)
                  .invoke(injector.invoke(hivemq), ConnectionPersistence.class);
      return Optional.ofNullable(connections.get(clientId))
          .filter(
              known -> OpenSessions.isSame(connection, known.getExtensionConnectionInformation()))
          .map(ClientConnection::getChannel);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of HiveMQ keeps its connections elsewhere", e);
    }
  }

  /** Ends a session with everything HiveMQ remembers of it. */
  void invalidate(String clientId) {
    extension.sessions().invalidate(clientId);
  }

  /**
   * Sends to whoever of this tenant logged in under this name, at most once.
   *
   * @return false when nobody did
   */
  public boolean send(String tenant, String user, String topic, byte[] payload) {
    return extension.sessions().send(tenant, user, topic, payload);
  }

  @Override
  public void close() {
    try {
      hivemq.stop().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("The embedded broker did not stop in order: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
