package io.caravanhub.hub.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.registry.Audit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where FSM connections may be, in a hub that serves others too. */
class FsmAddressesTest {
  private static final Path CONNECTORS = TestDatabase.root().resolve("connectors");

  @Test
  void theAddressThatTheOperatorHasSetMayBeOnTheInside() throws Exception {
    Acting acting = new Acting();
    Outbound tenant = new Outbound(acting);
    try (FsmServer fsm = new FsmServer();
        RunningOutbox hub =
            new RunningOutbox(
                acting,
                tenant.tenant,
                fsm.url(),
                "hub-1",
                Duration.ofMinutes(5),
                CONNECTORS,
                new FsmAddresses(false))) {
      tenant.raise("P-7", "leak");
      await().atMost(Duration.ofSeconds(15)).until(() -> tenant.state().equals("ACCEPTED"));
      assertThat(fsm.orders()).hasSize(1);
    } finally {
      tenant.end();
    }
  }

  @Test
  void aConnectionOnTheInsideIsRefusedWhenItIsMadeChangedOrEnabled() throws Exception {
    Acting acting = new Acting();
    Outbound tenant = new Outbound(acting);
    try (RunningOutbox hub = new RunningOutbox(acting, "nobody", "")) {
      FsmProducts products = new FsmProducts(CONNECTORS);
      FsmConnectionCalls calls =
          new FsmConnectionCalls(
              hub.rows,
              new FsmConnectionView(acting.jdbc, products, hub.lines, RunningOutbox.SETTINGS),
              products,
              hub.lines,
              RunningOutbox.SETTINGS,
              new FsmAddresses(false),
              new Audit(acting.jdbc, new ObjectMapper()));
      String id = tenant.connect(hub.rows, "default", Map.of("url", "http://10.1.2.3")).toString();
      byte[] body =
          "{\"product\": \"default\", \"settings\": {\"url\": \"http://127.0.0.1:9\"}}"
              .getBytes(StandardCharsets.UTF_8);
      byte[] change =
          "{\"settings\": {\"url\": \"http://192.168.1.1\"}}".getBytes(StandardCharsets.UTF_8);
      TenantScope.run(
          tenant.tenant,
          () -> {
            for (Runnable call :
                new Runnable[] {
                  () -> calls.create(body), () -> calls.update(id, change), () -> calls.enable(id)
                }) {
              assertThatThrownBy(call::run)
                  .isInstanceOf(ProblemException.class)
                  .hasMessageContaining("HUB_FSM_ALLOW_PRIVATE=true")
                  .extracting(e -> ((ProblemException) e).field())
                  .isEqualTo("settings/url");
            }
          });
    } finally {
      tenant.end();
    }
  }
}
