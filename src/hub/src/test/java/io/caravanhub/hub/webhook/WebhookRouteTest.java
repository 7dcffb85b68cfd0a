package io.caravanhub.hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.route.RouteFile;
import io.caravanhub.core.route.RouteLoader;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.core.webhook.AddressList;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;

/** The route {@code webhook} and the Kestrel connector as they are shipped, behind real HTTP. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "hub.bind=127.0.0.1",
      "hub.http.port=0",
      "hub.home=target/webhook-home",
      "hub.connectors=${hub.root}/connectors",
      "hub.limits.webhook-bytes=5000"
    })
class WebhookRouteTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root"));
  private static final String SECRET = "s3cret";
  private static final String EVENT = "{\"unit\":{\"serial\":\"%s\"},\"channels\":[]}";

  @SpringBootConfiguration
  @EnableAutoConfiguration(
      exclude = {SecurityAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class})
  @Import(WebhookConfiguration.class)
  static class App {
    @Bean
    WebhookSecrets secrets() {
      return new Secrets();
    }

    @Bean
    @Primary
    Proofs proofs() {
      return new Proofs();
    }

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }

    @Bean
    DeadLetterBox deadLetters() {
      return new DeadLetterBox();
    }

    @Bean({"webhookCame", "webhookKept"})
    Processor nobodyCounts() {
      return exchange -> {};
    }

    @Bean
    Pipeline pipeline() {
      return new Pipeline();
    }
  }

  /** Of the tenants locked and half-locked the hub has not opened all. */
  static class Secrets implements WebhookSecrets {
    @Override
    public List<String> find(String tenant, String oem) {
      return oem.equals("kestrel") && tenant.matches("default|half-locked")
          ? List.of(SECRET)
          : List.of();
    }

    @Override
    public List<Sender> senders(String tenant, String oem) {
      return List.of(
          new Sender(List.of(), AddressList.EMPTY, tenant.endsWith("locked")),
          new Sender(find(tenant, oem), AddressList.EMPTY));
    }
  }

  /** In which something happens between the look and the answer. */
  static class Proofs implements WebhookProofs {
    private final RememberedProofs kept = new RememberedProofs();
    volatile Runnable meanwhile = () -> {};

    @Override
    public boolean knows(String tenant, String oem, byte[] digest) {
      boolean known = kept.knows(tenant, oem, digest);
      meanwhile.run();
      return known;
    }

    @Override
    public void keep(String tenant, String oem, byte[] digest, Instant until) {
      kept.keep(tenant, oem, digest, until);
    }
  }

  /** Stands for the store of dead letters. */
  static class DeadLetterBox {
    final List<String> kept = new CopyOnWriteArrayList<>();
    volatile boolean down;

    public void keep(Exchange exchange) {
      if (down) {
        throw new IllegalStateException("database down");
      }
      kept.add(exchange.getMessage().getBody(String.class));
    }
  }

  /** Stands for everything behind the channel raw. */
  static class Pipeline extends RouteBuilder {
    final List<Map<String, Object>> headers = new CopyOnWriteArrayList<>();
    final List<String> bodies = new CopyOnWriteArrayList<>();
    volatile Function<String, RuntimeException> failure = body -> null;

    @Override
    public void configure() {
      from("direct:channel.raw")
          .errorHandler(noErrorHandler())
          .process(
              exchange -> {
                String body = exchange.getMessage().getBody(String.class);
                RuntimeException fails = failure.apply(body);
                if (fails != null) {
                  throw fails;
                }
                headers.add(new TreeMap<>(exchange.getMessage().getHeaders()));
                bodies.add(body);
              });
    }
  }

  @Autowired private CamelContext context;
  @Autowired private Pipeline pipeline;
  @Autowired private DeadLetterBox deadLetters;
  @Autowired private Proofs proofs;
  @LocalServerPort private int port;
  private final HttpClient http = HttpClient.newHttpClient();
  private RouteLoader loader;

  @BeforeEach
  void load(@TempDir Path routes) throws IOException {
    Files.createDirectories(routes.resolve("policy"));
    for (String file :
        List.of(
            "policy/internal.camel.yaml",
            "policy/ingest.camel.yaml",
            "dead-letter/dead-letter-keep.camel.yaml",
            "ingest/webhook.camel.yaml")) {
      Files.createDirectories(routes.resolve(file).getParent());
      Files.copy(ROOT.resolve("routes").resolve(file), routes.resolve(file));
    }
    pipeline.bodies.clear();
    pipeline.headers.clear();
    pipeline.failure = body -> null;
    deadLetters.kept.clear();
    deadLetters.down = false;
    proofs.meanwhile = () -> {};
    loader = new RouteLoader(context, List.of(routes, ROOT.resolve("connectors/oem/kestrel")));
    if (context.getRoute("webhook") == null) {
      loader.start();
      assertThat(loader.files())
          .hasSize(6)
          .allSatisfy(f -> assertThat(f.state()).as(f.summary()).isEqualTo(RouteFile.State.LOADED));
    }
  }

  @AfterEach
  void close() {
    loader.close();
  }

  private static String sign(String timestamp, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal((timestamp + "." + body).getBytes(UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> post(
      String path, String timestamp, String signature, BodyPublisher body)
      throws IOException, InterruptedException {
    return http.send(
        request(path, timestamp, signature, body), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String path, String timestamp, String signature, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Content-Type", "application/json")
        .header("X-Kestrel-Timestamp", timestamp)
        .header("X-Kestrel-Signature", signature)
        .header("hub-device", "somebody-else")
        .header("hub-tenant", "somebody-else")
        .header("camelhttpuri", "/hooks/other/kestrel")
        .header("tenant", "other")
        .POST(body)
        .build();
  }

  private HttpResponse<String> push(String body) throws IOException, InterruptedException {
    String now = Long.toString(Instant.now().getEpochSecond());
    return post("/hooks/default/kestrel", now, sign(now, body), BodyPublishers.ofString(body));
  }

  @Test
  void aSignedMessageReachesTheChannelAsReceivedAndIsAnswered202() throws Exception {
    String body = EVENT.formatted("RTU-3") + "\n";
    HttpResponse<String> answer = push(body);
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
    assertThat(pipeline.bodies).containsExactly(body);
    assertThat(pipeline.headers.get(0))
        .containsEntry("hub-tenant", "default")
        .containsEntry("hub-device", "RTU-3")
        .containsEntry("hub-mapping", "kestrel/telemetry")
        .containsEntry("hub-source", "webhook:kestrel")
        .containsKey("hub-received")
        .hasSize(5);
  }

  @Test
  void severalUnitsInOneWebhookBecomeOneMessageEach() throws Exception {
    String one = EVENT.formatted("RTU-3");
    String two = EVENT.formatted("RTU-4");
    assertThat(push("[" + one + ", " + two + "]").statusCode()).isEqualTo(202);
    assertThat(pipeline.bodies).containsExactly(one, two);
    assertThat(pipeline.headers)
        .extracting(h -> h.get("hub-device"))
        .containsExactly("RTU-3", "RTU-4");
  }

  @Test
  void anUnusableUnitIsKeptAndTheOthersAreStored() throws Exception {
    pipeline.failure =
        body ->
            body.contains("RTU-3") ? new UnusableMessageException("device_id", "unknown") : null;
    assertThat(
            push("[" + EVENT.formatted("RTU-3") + "," + EVENT.formatted("RTU-4") + "]")
                .statusCode())
        .isEqualTo(202);
    assertThat(deadLetters.kept).containsExactly(EVENT.formatted("RTU-3"));
    assertThat(pipeline.bodies).containsExactly(EVENT.formatted("RTU-4"));
  }

  @Test
  void whatIsNoJsonIsKeptWholeAndAcknowledged() throws Exception {
    assertThat(push("{\"unit\":").statusCode()).isEqualTo(202);
    assertThat(deadLetters.kept).containsExactly("{\"unit\":");
  }

  @Test
  void whatCannotBeStoredIsNotAcknowledged() throws Exception {
    pipeline.failure = body -> new IllegalStateException("database down");
    HttpResponse<String> answer = push(EVENT.formatted("RTU-3"));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("5");
    assertThat(answer.body()).doesNotContain("database");
    assertThat(deadLetters.kept).isEmpty();
  }

  @Test
  void anUnusableMessageThatCannotBeKeptIsNotAcknowledgedEither() throws Exception {
    deadLetters.down = true;
    pipeline.failure = body -> new UnusableMessageException("device_id", "unknown");
    assertThat(push(EVENT.formatted("RTU-3")).statusCode()).isEqualTo(503);
    assertThat(push("{\"unit\":").statusCode()).isGreaterThanOrEqualTo(500);
  }

  @Test
  void aWrongSignatureIsRefused() throws Exception {
    String now = Long.toString(Instant.now().getEpochSecond());
    HttpResponse<String> answer =
        post("/hooks/default/kestrel", now, sign(now, "other"), BodyPublishers.ofString("{}"));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.body())
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,\"detail\":\"the signature does not fit the body\",\"field\":\"/X-Kestrel-Signature\"}");
    assertThat(pipeline.bodies).isEmpty();
    assertThat(deadLetters.kept).isEmpty();
  }

  @Test
  void aStaleMessageIsRefused() throws Exception {
    String then = Long.toString(Instant.now().getEpochSecond() - 400);
    assertThat(
            post("/hooks/default/kestrel", then, sign(then, "{}"), BodyPublishers.ofString("{}"))
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void anotherTenantIsAnsweredLikeAWrongSignature() throws Exception {
    String now = Long.toString(Instant.now().getEpochSecond());
    assertThat(
            post("/hooks/nobody/kestrel", now, sign(now, "{}"), BodyPublishers.ofString("{}"))
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void anOemWithoutConnectorIsNotFound() throws Exception {
    String now = Long.toString(Instant.now().getEpochSecond());
    HttpResponse<String> answer =
        post("/hooks/default/acme", now, sign(now, "{}"), BodyPublishers.ofString("{}"));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("no connector takes webhooks of 'acme'");
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWithAndWithoutItsLengthGiven() throws Exception {
    String large = "x".repeat(6_000);
    String now = Long.toString(Instant.now().getEpochSecond());
    String signature = sign(now, large);
    assertThat(
            post("/hooks/default/kestrel", now, signature, BodyPublishers.ofString(large))
                .statusCode())
        .isEqualTo(413);
    BodyPublisher chunked =
        BodyPublishers.ofInputStream(
            () -> new SequenceInputStream(stream(large), InputStream.nullInputStream()));
    assertThat(post("/hooks/default/kestrel", now, signature, chunked).statusCode()).isEqualTo(413);
  }

  @Test
  void aMessageWhoseSignatureIsSpelledOtherwiseIsNotStoredAgain() throws Exception {
    String body = EVENT.formatted("RTU-21");
    String now = Long.toString(Instant.now().getEpochSecond());
    String signature = sign(now, body);
    for (String spelled : List.of(signature, signature.toUpperCase(Locale.ROOT))) {
      assertThat(
              post("/hooks/default/kestrel", now, spelled, BodyPublishers.ofString(body))
                  .statusCode())
          .isEqualTo(202);
    }
    assertThat(pipeline.bodies).containsExactly(body);
  }

  /** A delivery that is held in the pipeline, and the same message at the door meanwhile. */
  private HttpResponse<String> whileUnderWay(String body, boolean endsAfterTheLook)
      throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    pipeline.failure =
        held -> {
          entered.countDown();
          awaitUninterruptibly(released);
          return null;
        };
    String now = Long.toString(Instant.now().getEpochSecond());
    HttpRequest request =
        request("/hooks/default/kestrel", now, sign(now, body), BodyPublishers.ofString(body));
    CompletableFuture<HttpResponse<String>> first =
        http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    if (endsAfterTheLook) {
      proofs.meanwhile =
          () -> {
            released.countDown();
            first.join();
          };
    }
    HttpResponse<String> second = http.send(request, HttpResponse.BodyHandlers.ofString());
    released.countDown();
    assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(202);
    proofs.meanwhile = () -> {};
    assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(202);
    assertThat(pipeline.bodies).containsExactly(body);
    return second;
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theSameMessageAtTheSameMomentIsWelcomeAgainForTheFirstMayFail() throws Exception {
    HttpResponse<String> second = whileUnderWay(EVENT.formatted("RTU-22"), false);
    assertThat(second.statusCode()).isEqualTo(503);
    assertThat(second.headers().firstValue("Retry-After")).contains("5");
  }

  @Test
  void aFirstDeliveryThatEndsWhileTheSecondIsLookedUpIsNotStoredTwice() throws Exception {
    assertThat(whileUnderWay(EVENT.formatted("RTU-23"), true).statusCode()).isEqualTo(503);
  }

  @Test
  void whoeverMayHaveSignedWithASecretThatTheHubCannotOpenIsToComeAgain() throws Exception {
    String now = Long.toString(Instant.now().getEpochSecond());
    String body = EVENT.formatted("RTU-24");
    HttpResponse<String> answer =
        post("/hooks/locked/kestrel", now, sign(now, body), BodyPublishers.ofString(body));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("5");
    String then = Long.toString(Instant.now().getEpochSecond() - 400);
    assertThat(
            post("/hooks/locked/kestrel", then, sign(then, body), BodyPublishers.ofString(body))
                .statusCode())
        .isEqualTo(401);
    assertThat(pipeline.bodies).isEmpty();
  }

  @Test
  void aSecretThatCannotBeOpenedKeepsNoOtherFromCounting() throws Exception {
    String now = Long.toString(Instant.now().getEpochSecond());
    String body = EVENT.formatted("RTU-25");
    assertThat(
            post("/hooks/half-locked/kestrel", now, sign(now, body), BodyPublishers.ofString(body))
                .statusCode())
        .isEqualTo(202);
    assertThat(pipeline.bodies).containsExactly(body);
  }

  @Test
  void onlyPostIsTaken() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + port + "/hooks/default/kestrel"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(405);
  }

  private static InputStream stream(String text) {
    return new java.io.ByteArrayInputStream(text.getBytes(UTF_8));
  }
}
