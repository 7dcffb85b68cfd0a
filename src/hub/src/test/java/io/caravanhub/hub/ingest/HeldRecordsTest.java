package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.hub.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a route does after the commit, or after a failure, keeps no other sender waiting. */
class HeldRecordsTest {
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final ExecutorService committed = Executors.newSingleThreadExecutor();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean busy;

  /** Stands for {@link RecordEnvelope} and for what commits to Kafka. */
  public static class Nothing {
    public void kafka(Exchange exchange) {}

    public void amqp(Exchange exchange) {}

    public void commit(Exchange exchange) {}
  }

  /** Stands for {@link Pacing} of a sender that has to wait. */
  public class Held {
    public void hold(Exchange exchange) throws InterruptedException {
      held.countDown();
      release.await();
    }
  }

  /** Stands for the writer, which tells all of their fates on one thread. */
  private final class Writer extends AsyncProcessorSupport {
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      committed.execute(
          () -> {
            if (busy) {
              refused.incrementAndGet();
              exchange.setException(new StoreBusyException("behind"));
            }
            callback.done(false);
          });
      return false;
    }
  }

  @BeforeEach
  void startTheRoutes() throws Exception {
    camel.getRegistry().bind("recordEnvelope", new Nothing());
    camel.getRegistry().bind("kafkaCommit", new Nothing());
    camel.getRegistry().bind("pacing", new Held());
    Properties channels = new Properties();
    channels.setProperty("channel.raw.to", "direct:channel.raw");
    channels.setProperty("hub.ingest.kafka.enabled", "true");
    channels.setProperty("hub.ingest.amqp.enabled", "true");
    camel.getPropertiesComponent().setInitialProperties(channels);
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            errorHandler(noErrorHandler());
            from("direct:channel.raw").process(new Writer());
            from("direct:dead-letter.keep").to("log:dead");
          }
        });
    for (String file :
        List.of(
            "policy/internal",
            "policy/ingest",
            "policy/hold",
            "ingest/amqp-message",
            "ingest/amqp",
            "ingest/kafka")) {
      Path path = TestDatabase.root().resolve("routes/" + file + ".camel.yaml");
      String route =
          Files.readString(path)
              .replace("redeliveryDelay: 500", "redeliveryDelay: 8000")
              .replaceFirst(
                  "uri: (kafka|amqp):.*\\n +parameters:\\n(?: {8}.*\\n)+", "uri: direct:$1\n");
      PluginHelper.getRoutesLoader(camel)
          .loadRoutes(ResourceHelper.fromString(path.getFileName().toString(), route));
    }
    camel.start();
  }

  @AfterEach
  void stop() {
    busy = false;
    release.countDown();
    camel.getShutdownStrategy().setTimeout(1);
    camel.stop();
    committed.shutdownNow();
  }

  @Test
  void aRecordOfKafkaThatIsHeldBack() throws Exception {
    send("direct:kafka");
    held.await();
    assertThatOthersAreTold();
  }

  @Test
  void aMessageOfAmqpThatIsHeldBack() throws Exception {
    send("direct:amqp");
    held.await();
    assertThatOthersAreTold();
  }

  @Test
  void aMessageOfAmqpThatIsTriedAgainAfterAWhile() {
    busy = true;
    send("direct:amqp");
    await().atMost(Duration.ofSeconds(10)).until(() -> refused.get() == 1);
    assertThatOthersAreTold();
  }

  private void assertThatOthersAreTold() {
    assertThat(CompletableFuture.runAsync(() -> {}, committed))
        .succeedsWithin(Duration.ofSeconds(5));
  }

  private void send(String uri) {
    var producer = camel.createProducerTemplate();
    new Thread(() -> producer.send(uri, exchange -> exchange.getMessage().setBody("x"))).start();
  }
}
