package io.caravanhub.hub.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.orchestration.Grouping;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.security.Caller;
import io.caravanhub.hub.security.HubPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.support.TransactionTemplate;

/** What people tell actions, each call in a transaction as the hub runs it. */
class ActionCallsTest {
  private static final Acting ACTING = new Acting();

  private final Outbound outbound = new Outbound(ACTING);
  private final TransactionTemplate transaction = new TransactionTemplate(ACTING.transactions);
  private final ActionCalls calls =
      new ActionCalls(
          ACTING.jdbc,
          new Audit(ACTING.jdbc, new ObjectMapper()),
          new DispatcherBell(
              new StaticListableBeanFactory(Map.of()).getBeanProvider(ProducerTemplate.class)));

  @AfterEach
  void leaveNothingToDo() {
    outbound.end();
  }

  @Test
  void ofTwoDeadActionsOfOneProblemThatAreRetriedAtOnceOneGoesOut() throws Exception {
    outbound.plan("work_order", "A-1", "f");
    outbound.plan("work_order", "A-1", "g");
    set("state = 'DEAD', family = 'f'");
    List<String> ids =
        TestDatabase.owner()
            .sql("select id::text from actions where tenant_id = ?")
            .param(outbound.tenant)
            .query(String.class)
            .list();
    CountDownLatch retried = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    ExecutorService people = Executors.newFixedThreadPool(2);
    try {
      Future<?> first =
          people.submit(
              () ->
                  call(
                      () -> {
                        calls.retry(ids.get(0));
                        retried.countDown();
                        waitFor(commit);
                      }));
      assertThat(retried.await(20, TimeUnit.SECONDS)).isTrue();
      Future<?> second = people.submit(() -> call(() -> calls.retry(ids.get(1))));
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  second.isDone()
                      || TestDatabase.owner()
                          .sql(
                              "select exists (select from pg_locks where locktype = 'advisory' and not granted"
                                  + " and (classid::bigint << 32) | objid::bigint = ?)")
                          .params(Grouping.lock(outbound.tenant, "A-1", "f"))
                          .query(Boolean.class)
                          .single());
      commit.countDown();
      first.get(20, TimeUnit.SECONDS);
      assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(ProblemException.class)
          .hasMessageContaining("a second job is not made");
    } finally {
      people.shutdownNow();
    }
    assertThat(outbound.count("select count(*) from actions where state = 'PLANNED'")).isEqualTo(1);
  }

  @Test
  void whatAPersonHoldsOrRetriesIsNotHeldByAPolicyAnyMore() {
    outbound.plan("work_order", "A-1", "f");
    for (Runnable told : List.<Runnable>of(() -> calls.hold(id()), () -> calls.retry(id()))) {
      set("state = 'HELD', payload = jsonb_set(payload, '{action,heldFor}', '\"confidence\"')");
      call(told);
      assertThat(
              outbound.count(
                  "select count(*) from actions where payload #> '{action,heldFor}' is null"))
          .isEqualTo(1);
    }
  }

  @Test
  void whatMayHaveArrivedElsewhereIsLookedUpWhenItIsRetriedAndElsewhereIsHereAgain()
      throws Exception {
    outbound.plan("work_order", "A-1", "f");
    RunningOutbox hub = new RunningOutbox(ACTING, "nobody", "");
    hub.close();
    UUID there = outbound.connect(hub.rows, "default", Map.of("url", "http://127.0.0.1:9"));
    String held =
        "state = 'HELD', last_error = 'it may have arrived at X, which is not asked now', connection_id = ";
    set(held + "'" + there + "'");
    call(() -> calls.retry(id()));
    assertThat(outbound.state()).isEqualTo("UNKNOWN");
    set(held + "gen_random_uuid()");
    call(() -> calls.retry(id()));
    assertThat(outbound.state()).isEqualTo("PLANNED");
  }

  private String id() {
    return outbound.text("select id::text from actions");
  }

  private void set(String what) {
    TestDatabase.owner()
        .sql("update actions set " + what + " where tenant_id = ?")
        .param(outbound.tenant)
        .update();
  }

  private void call(Runnable what) {
    SecurityContextHolder.getContext()
        .setAuthentication(new Caller(new HubPrincipal(outbound.tenant, "admin", "ann")));
    try {
      TenantScope.run(outbound.tenant, () -> transaction.executeWithoutResult(t -> what.run()));
    } finally {
      SecurityContextHolder.clearContext();
    }
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
