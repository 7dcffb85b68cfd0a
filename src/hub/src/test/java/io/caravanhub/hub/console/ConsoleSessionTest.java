package io.caravanhub.hub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.security.Tokens;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A console session ends with the token it was opened with. */
class ConsoleSessionTest {
  private final RunningHub hub = RunningHub.get();
  private final HttpClient browser =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  @Test
  void endsWithItsTokenAndSoDoesItsLiveView() throws Exception {
    String tenant = RunningHub.unique("t");
    String token = hub.token(tenant, "viewer");
    assertThat(get("/login?token=" + token).statusCode()).isEqualTo(302);
    assertThat(get("/devices").statusCode()).isEqualTo(200);
    CompletableFuture<HttpResponse<String>> live =
        browser.sendAsync(
            HttpRequest.newBuilder(hub.uri("/stream/overview")).build(), BodyHandlers.ofString());
    LiveStreams streams = hub.bean(LiveStreams.class);
    await().atMost(Duration.ofSeconds(30)).until(() -> streams.watched(tenant));

    hub.bean(Tokens.class).revoke(tenant, "test");

    await().atMost(Duration.ofSeconds(30)).until(live::isDone);
    HttpResponse<String> refused = get("/devices");
    assertThat(refused.statusCode()).isEqualTo(302);
    assertThat(refused.headers().firstValue("Location").orElse("")).endsWith("/login");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return browser.send(
        HttpRequest.newBuilder(hub.uri(path)).timeout(Duration.ofSeconds(20)).build(),
        BodyHandlers.ofString());
  }
}
