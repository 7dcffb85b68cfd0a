package io.caravanhub.hub.notify;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A tenant of the running hub, and a server that it tells. */
abstract class NotifyingHub {
  static final Duration SOON = Duration.ofSeconds(30);

  final Notifying it = new Notifying();
  HookServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = new HookServer();
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  List<String> paths() {
    return server.got.stream().map(HookServer.Got::path).toList();
  }

  void due() {
    it.hub
        .owner()
        .sql("update escalations set due_at = now() where tenant_id = ?")
        .params(it.tenant)
        .update();
  }

  static Map<String, Object> tells(String audience) {
    return Map.of(
        "id",
        "tells",
        "when",
        Map.of("event_type", List.of("likely_failure")),
        "then",
        List.of(Map.of("kind", "notification", "to", audience, "urgent", true)));
  }
}
