package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.StoreBusyException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StageTest {
  private volatile String reason;
  private final Stage stage = new Stage("direct:x", () -> reason);

  @Test
  @Timeout(20)
  void whatNeverEndsIsNotWaitedForOnceOtherHubsAreToTakeIt() throws Exception {
    CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS)
        .execute(() -> reason = "the database does not answer");
    for (int record = 0; record < 500; record++) {
      assertThat(stage.failure(new CompletableFuture<>()))
          .isInstanceOf(StoreBusyException.class)
          .hasMessage("the database does not answer");
    }
  }

  @Test
  void whatHasEndedTellsItsEndAllTheSame() throws Exception {
    reason = "the database does not answer";
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    assertThat(stage.failure(CompletableFuture.completedFuture(exchange))).isNull();
  }
}
