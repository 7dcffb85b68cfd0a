package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.Problems;
import io.caravanhub.hub.archive.RawKept;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a sender hears when the store, of whose routes only the writer is a stand-in, refuses. */
class StoreFailureTest {
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final List<String> deadLetters = new CopyOnWriteArrayList<>();
  private volatile RuntimeException failure = new StoreBusyException("behind");

  /** Stands for {@link TelemetryPost}. */
  public static class Post {
    public void read(Exchange exchange) {
      exchange.getMessage().setBody("telemetry");
    }

    public Map<String, Object> answer() {
      return Map.of("accepted", 1);
    }
  }

  /** Stands for the writer, which tells on a thread of its own. */
  private final class Writer extends AsyncProcessorSupport {
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      CompletableFuture.runAsync(
          () -> {
            exchange.setException(failure);
            callback.done(false);
          });
      return false;
    }
  }

  @BeforeEach
  void startTheRoutes() throws Exception {
    Answers answers = new Answers(new ObjectMapper());
    camel.getRegistry().bind("answers", answers);
    camel.getRegistry().bind("problems", new Problems(answers));
    camel.getRegistry().bind("telemetryPost", new Post());
    camel.getRegistry().bind("rawKept", new RawKept());
    camel.getRegistry().bind("assetReadings", (Processor) exchange -> {});
    Properties channels = new Properties();
    channels.setProperty("channel.normalized.to", "direct:channel.normalized");
    channels.setProperty("channel.normalized.from", "direct:channel.normalized");
    channels.setProperty("channel.raw.to", "direct:channel.normalized");
    camel.getPropertiesComponent().setInitialProperties(channels);
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            errorHandler(noErrorHandler());
            from("direct:writer").process(new Writer());
            from("direct:rules.evaluate").to("log:evaluate");
            from("direct:dead-letter.keep")
                .process(e -> deadLetters.add(e.getMessage().getBody(String.class)));
          }
        });
    for (String file : List.of("policy/api", "policy/ingest", "policy/internal", "store/store")) {
      load(file);
    }
    load("api/telemetry-ingest");
    load("fieldbus/modbus");
    camel.start();
  }

  private void load(String file) throws Exception {
    Path path = TestDatabase.root().resolve("routes/" + file + ".camel.yaml");
    String route =
        Files.readString(path)
            .replace("timeseries:telemetry", "direct:writer")
            .replace("fieldbus:modbus-tcp", "direct:poll");
    PluginHelper.getRoutesLoader(camel)
        .loadRoutes(ResourceHelper.fromString(path.getFileName().toString(), route));
  }

  @AfterEach
  void stop() {
    camel.stop();
  }

  @Test
  void aCallerOfTheApiIsToldToComeBackWhenTheStoreIsBehind() {
    Exchange answer = send("direct:telemetry.ingest");
    assertThat(answer.getException()).isNull();
    assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(503);
    assertThat(answer.getMessage().getHeader("Retry-After")).isEqualTo("2");
  }

  @Test
  void aCallerOfTheApiIsToldWhatTheDatabaseDoesNotTake() {
    failure = new UnusableMessageException("measurements", "the database refuses the values");
    Exchange answer = send("direct:telemetry.ingest");
    assertThat(answer.getException()).isNull();
    assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(400);
    assertThat(answer.getMessage().getBody(String.class)).contains("the database refuses");
    assertThat(deadLetters).isEmpty();
  }

  @Test
  void aPollerKeepsItsReadingWhenTheStoreIsBehind() {
    assertThat(send("direct:poll").getException()).isInstanceOf(StoreBusyException.class);
    assertThat(deadLetters).isEmpty();
  }

  @Test
  void aReadingThatTheDatabaseDoesNotTakeIsADeadLetter() {
    failure = new UnusableMessageException("measurements", "the database refuses the values");
    assertThat(send("direct:poll").getException()).isNull();
    assertThat(deadLetters).containsExactly("a message");
  }

  private Exchange send(String uri) {
    return camel
        .createProducerTemplate()
        .send(uri, exchange -> exchange.getMessage().setBody("a message"));
  }
}
