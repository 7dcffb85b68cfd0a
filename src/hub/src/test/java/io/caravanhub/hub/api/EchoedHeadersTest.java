package io.caravanhub.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.RunningHub;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No answer has a header, a parameter or the body of its request. */
class EchoedHeadersTest {
  private static final String SECRET = "said-by-the-caller";

  private final RunningHub hub = RunningHub.get();
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void belowEveryPathOfTheContract() throws Exception {
    for (String path : paths()) {
      String known = "/api/v1" + path.replaceAll("\\{[^}]+}", "X");
      for (String method : List.of("GET", "POST", "DELETE")) {
        HttpResponse<String> answer = ask(method, known + "/nope", hub.admin());
        isSilent(answer);
        if (answer.statusCode() != 400) {
          // A few templates end in a part that takes any word.
          isProblem(answer);
        }
      }
      isSilent(ask("TELL", known, hub.admin()));
      HttpResponse<String> options = ask("OPTIONS", known, hub.admin());
      isSilent(options);
      isProblem(options);
      HttpResponse<String> unsigned = ask("GET", known + "/nope", "");
      isSilent(unsigned);
      // Anybody may ask for a schema.
      assertThat(unsigned.statusCode()).isEqualTo(path.equals("/schemas") ? 404 : 401);
      isProblem(unsigned);
    }
  }

  @Test
  void forThoseWhoMayNot() throws Exception {
    String device = hub.device("sensor").token();
    for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
      HttpResponse<String> answer = ask(method, "/api/v1/devices/X/nope", device);
      isSilent(answer);
      assertThat(answer.statusCode()).isEqualTo(403);
      isProblem(answer);
    }
  }

  @Test
  void ofWebhooksAndOfWhatIsServedNowhere() throws Exception {
    for (String path :
        List.of(
            "/hooks",
            "/hooks/default",
            "/hooks/default/kestrel",
            "/hooks/default/kestrel/nope",
            "/hooks/default/nope",
            "/hooks/default/fsm/nope",
            "/hooks/default/fsm/nope/nope",
            "/hooks/default/notifications/unsubscribe/nope",
            "/hooks/default/notifications/unsubscribe/nope/nope",
            "/api/v1/devices/",
            "/api/v1/devices/X/",
            "/api/v1/nothing-here",
            "/api/v2/devices",
            "/api")) {
      for (String method : List.of("GET", "POST", "PUT", "OPTIONS")) {
        isSilent(ask(method, path, hub.admin()));
      }
    }
  }

  private HttpResponse<String> ask(String method, String path, String token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.uri(path + "?parameter=" + SECRET + "-parameter"))
            .method(method, BodyPublishers.ofString("{\"body\": \"" + SECRET + "-body\"}"))
            .header("Content-Type", "application/json")
            .header("User-Agent", SECRET + "-agent")
            .header("X-Anything", SECRET + "-anything")
            .header("Cookie", "a=" + SECRET);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private void isSilent(HttpResponse<String> answer) {
    String said = answer.request() + " " + answer.statusCode() + " " + answer.headers().map();
    assertThat(answer.headers().map()).as(said).doesNotContainKey("authorization");
    assertThat(answer.headers().map().values().toString())
        .as(said)
        .doesNotContain(SECRET, hub.admin(), "Bearer ch_");
    assertThat(answer.body()).as(said).doesNotContain(SECRET + "-body", hub.admin());
  }

  private static void isProblem(HttpResponse<String> answer) throws IOException {
    String said = answer.request() + " " + answer.statusCode() + " " + answer.body();
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .as(said)
        .startsWith("application/problem+json");
    assertThat(new ObjectMapper().readTree(answer.body()).path("status").asInt())
        .as(said)
        .isEqualTo(answer.statusCode())
        .isBetween(400, 499);
  }

  private static List<String> paths() throws IOException {
    List<String> paths = new ArrayList<>();
    try (InputStream yaml = EchoedHeadersTest.class.getResourceAsStream("/openapi.yaml")) {
      JsonNode contract = new YAMLMapper().readTree(yaml);
      contract.path("paths").fieldNames().forEachRemaining(paths::add);
    }
    return paths;
  }
}
