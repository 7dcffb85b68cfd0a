package io.caravanhub.sim.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stub serves what the hub's contract says. */
class ContractTest {
  private static final String ORDER = "{\"externalIdentifier\":\"x-1\",\"title\":\"Leak\"}";

  private final HttpClient http = HttpClient.newHttpClient();
  @TempDir private Path folder;

  @Test
  void everyOperationOfTheContractIsServed() throws Exception {
    try (FsmServer server = new FsmServer(0, folder, Clock.systemUTC())) {
      call(server, "POST", "/work-orders", "k", ORDER);
      for (String operation : Contract.read().operations()) {
        String[] parts = operation.split(" ");
        String body =
            parts[0].equals("PATCH") ? "{\"description\":\"more\",\"priority\":1}" : ORDER;
        int status =
            call(server, parts[0], parts[1].replace("{id}", "WO-1001"), "k-" + operation, body);
        assertThat(status).as(operation).isIn(200, 201);
      }
    }
  }

  @Test
  void aBodyThatTheContractDoesNotAllowIsRefused() throws Exception {
    try (FsmServer server = new FsmServer(0, folder, Clock.systemUTC())) {
      assertThat(call(server, "POST", "/work-orders", "k1", "{\"title\":\"Leak\"}")).isEqualTo(400);
      assertThat(
              call(
                  server,
                  "POST",
                  "/work-orders",
                  "k2",
                  "{\"externalIdentifier\":\"x\",\"title\":\"t\",\"priority\":9}"))
          .isEqualTo(400);
    }
  }

  private int call(FsmServer server, String method, String path, String key, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path)).header("Idempotency-Key", key);
    request =
        method.equals("GET")
            ? request
            : request.method(method, HttpRequest.BodyPublishers.ofString(body));
    return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
