package io.caravanhub.sim.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsmServerTest {
  private static final String LEAK = "{\"externalIdentifier\":\"x-1\",\"title\":\"Leak\"}";

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir private Path folder;
  private FsmServer server;

  @BeforeEach
  void start() throws IOException {
    server = new FsmServer(0, folder, Clock.systemUTC());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void aWorkOrderIsStoredUnderAnIdOfTheSystem() throws Exception {
    HttpResponse<String> answer = post("/work-orders", "k1", LEAK);

    assertThat(answer.statusCode()).isEqualTo(201);
    JsonNode order = json.readTree(answer.body());
    assertThat(order.path("status").asText()).isEqualTo("acknowledged");
    assertThat(get("/work-orders/" + order.path("id").asText())).isEqualTo(order);
    assertThat(answer.headers().firstValue("Location")).hasValue(order.path("href").asText());
  }

  @Test
  void theSameKeyAgainGivesTheStoredOrderAndNeverASecondOne() throws Exception {
    String id = id(post("/work-orders", "k1", LEAK));
    HttpResponse<String> again = post("/work-orders", "k1", LEAK);

    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
    assertThat(id(again)).isEqualTo(id);
    assertThat(get("/work-orders")).hasSize(1);
    assertThat(get("/admin/stats").path("replays").asInt()).isEqualTo(1);
  }

  @Test
  void manyCallersWithOneKeyMakeOneOrder() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> calls =
        IntStream.range(0, 20)
            .mapToObj(i -> http.sendAsync(posting("/work-orders", "k1", LEAK), text()))
            .toList();
    CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get();

    assertThat(calls).filteredOn(call -> call.join().statusCode() == 201).hasSize(1);
    assertThat(get("/work-orders")).hasSize(1);
  }

  @Test
  void aRestartKeepsOrdersAndTheirKeys() throws Exception {
    String id = id(post("/work-orders", "k1", LEAK));
    patch("/work-orders/" + id, "{\"status\":\"completed\"}");
    server.close();
    server = new FsmServer(0, folder, Clock.systemUTC());

    assertThat(get("/work-orders/" + id).path("status").asText()).isEqualTo("completed");
    assertThat(id(post("/work-orders", "k1", LEAK))).isEqualTo(id);
  }

  @Test
  void anOrderIsFoundByItsExternalIdentifier() throws Exception {
    String id = id(post("/work-orders", "k1", LEAK));
    post("/work-orders", "k2", LEAK.replace("x-1", "x-2"));

    JsonNode found = get("/work-orders?externalIdentifier=x-1");
    assertThat(found).hasSize(1);
    assertThat(found.path(0).path("id").asText()).isEqualTo(id);
    assertThat(get("/work-orders?externalIdentifier=x-3")).isEmpty();
  }

  @Test
  void aSecondOrderForOneExternalIdentifierCountsAsDuplicate() throws Exception {
    post("/work-orders", "k1", LEAK);
    post("/work-orders", "k2", LEAK);

    assertThat(get("/admin/stats").path("duplicates").asInt()).isEqualTo(1);
  }

  @Test
  void aRequestWithoutIdempotencyKeyIsRefusedWithAProblem() throws Exception {
    HttpResponse<String> answer = post("/work-orders", "", LEAK);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(json.readTree(answer.body()).path("detail").asText()).contains("Idempotency-Key");
  }

  @Test
  void aBodyThatIsNoJsonObjectIsRefused() throws Exception {
    assertThat(post("/work-orders", "k1", "[]").statusCode()).isEqualTo(400);
    assertThat(post("/work-orders", "k1", "{\"title\":").statusCode()).isEqualTo(400);
    assertThat(post("/work-orders", "k1", "").statusCode()).isEqualTo(400);
    assertThat(get("/work-orders")).isEmpty();
  }

  @Test
  void quotesTasksNotificationsAndChecklistsAreStoredToo() throws Exception {
    String order = id(post("/work-orders", "k1", LEAK));

    for (String path :
        List.of("/quotes", "/tasks", "/notifications", "/work-orders/" + order + "/checklist")) {
      assertThat(post(path, "k1", "{}").statusCode()).as(path).isEqualTo(201);
    }
    assertThat(post("/work-orders/WO-9/checklist", "k1", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void partsAreAskedForWithStockAndLeadTime() throws Exception {
    HttpResponse<String> answer =
        post("/parts/availability", "k1", "{\"parts\":[{\"partNumber\":\"F-20\"}]}");

    JsonNode part = json.readTree(answer.body()).path("parts").path(0);
    assertThat(part.path("available").isInt()).isTrue();
    assertThat(part.path("leadTimeDays").isInt()).isTrue();
  }

  @Test
  void anUnknownStatusIsRefused() throws Exception {
    String id = id(post("/work-orders", "k1", LEAK));

    assertThat(patch("/work-orders/" + id, "{\"status\":\"lost\"}").statusCode()).isEqualTo(400);
  }

  @Test
  void duringAnOutageNothingIsStoredAndTheCallerIsToldWhenToReturn() throws Exception {
    post("/admin/outage?seconds=60", "", "");
    HttpResponse<String> refused = post("/work-orders", "k1", LEAK);

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(get("/admin/work-orders")).isEmpty();

    post("/admin/outage?seconds=0", "", "");
    assertThat(post("/work-orders", "k1", LEAK).statusCode()).isEqualTo(201);
  }

  @Test
  void aDelayComesAfterTheOrderIsStored() throws Exception {
    post("/admin/delay?ms=1500", "", "");
    CompletableFuture<HttpResponse<String>> slow =
        http.sendAsync(posting("/work-orders", "k1", LEAK), text());

    await().atMost(Duration.ofSeconds(30)).until(() -> get("/admin/work-orders").size() == 1);
    assertThat(slow).isNotDone();
  }

  @Test
  void thePageShowsWithoutAnyOutsideResource() throws Exception {
    HttpResponse<String> page = http.send(request("/").build(), text());

    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.body()).contains("Stop for a minute").doesNotContain("https://");
  }

  private HttpResponse<String> post(String path, String key, String body) throws Exception {
    return http.send(posting(path, key, body), text());
  }

  private HttpRequest posting(String path, String key, String body) {
    HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
    return (key.isEmpty() ? request : request.header("Idempotency-Key", key)).build();
  }

  private HttpResponse<String> patch(String path, String body) throws Exception {
    return http.send(
        request(path).method("PATCH", HttpRequest.BodyPublishers.ofString(body)).build(), text());
  }

  private JsonNode get(String path) throws Exception {
    return json.readTree(http.send(request(path).build(), text()).body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path));
  }

  private String id(HttpResponse<String> answer) throws IOException {
    return json.readTree(answer.body()).path("id").asText();
  }

  private static HttpResponse.BodyHandler<String> text() {
    return HttpResponse.BodyHandlers.ofString();
  }
}
