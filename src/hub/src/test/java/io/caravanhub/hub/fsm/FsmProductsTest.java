package io.caravanhub.hub.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.fsm.FsmProduct.Idempotency;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.testkit.fsm.FakeFsm;
import io.caravanhub.testkit.fsm.FsmFault;
import io.caravanhub.testkit.fsm.FsmScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every adapter: against its product, played from its script, with faults. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FsmProductsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Path FOLDER = TestDatabase.root().resolve("connectors/fsm");

  private final Acting acting = new Acting();
  private RunningOutbox hub;
  private FakeFsm fake;
  private FsmScript script;
  private Outbound tenant;

  static Stream<String> products() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve(FsmScript.NAME)))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  static Stream<String> productsAndFaults() throws IOException {
    return products()
        .flatMap(
            product ->
                Stream.of(
                        FsmFault.PAGE,
                        FsmFault.DONE_AND_PAGE,
                        FsmFault.CUT,
                        FsmFault.DONE_AND_CUT,
                        FsmFault.DONE_AND_SILENT,
                        FsmFault.DONE_AND_BAD_GATEWAY,
                        FsmFault.BROKEN,
                        FsmFault.AWAY,
                        FsmFault.DONE_AND_AWAY,
                        FsmFault.DONE_AND_EMPTY,
                        FsmFault.DONE_AND_HUGE,
                        FsmFault.REDIRECT,
                        FsmFault.ERROR_BODY,
                        FsmFault.DONE_AND_WRONG)
                    .map(fault -> product + " " + fault));
  }

  @BeforeAll
  void run() throws Exception {
    hub = new RunningOutbox(acting, "nobody", "");
  }

  @AfterAll
  void stop() {
    hub.close();
  }

  private void connect(String product) throws IOException {
    script = FsmScript.read(FOLDER.resolve(product));
    fake = new FakeFsm(script);
    tenant = new Outbound(acting);
    tenant.connect(hub.rows, product, script.settings(fake.origin()));
  }

  @AfterEach
  void end() {
    tenant.end();
    fake.close();
  }

  @ParameterizedTest
  @MethodSource("products")
  void makesAnOrderThatTheProductTakes(String product) throws Exception {
    connect(product);
    tenant.raise("P-7", "leak");
    awaitState("ACCEPTED");
    JsonNode order = onlyOrder();
    assertThat(isTrue(script.at("/check").asText(), order)).as(order.toString()).isTrue();
    assertThat(order.toString()).contains(tenant.text("select fsm_id from actions"));
    assertThat(tenant.text("select attempts::text from actions")).isEqualTo("1");
  }

  @ParameterizedTest
  @MethodSource("products")
  void makesAndFollowsATaskWhetherTheProductHasTasksOrNot(String product) throws Exception {
    connect(product);
    assumeTrue(!product.equals("default"));
    tenant.plan("task", "P-7", "filter");
    awaitState("ACCEPTED");
    onlyOrder();
    fake.change("orders", script.at("/states/COMPLETED").asText());
    awaitHurried(() -> tenant.state().equals("COMPLETED"));
  }

  @ParameterizedTest
  @MethodSource("productsAndFaults")
  void makesNoSecondOrderAndLosesNoneWhateverHappensToTheAnswer(String both) throws Exception {
    String product = both.split(" ")[0];
    FsmFault fault = FsmFault.valueOf(both.split(" ")[1]);
    connect(product);
    assumeTrue(fault != FsmFault.DONE_AND_WRONG || !script.at("/wrong").isMissingNode());
    fake.fail(fault, 1);
    tenant.raise("P-7", "leak");
    await().atMost(SOON).until(() -> List.of("ACCEPTED", "HELD").contains(tenant.state()));
    if (tenant.state().equals("HELD")) {
      // Nobody can be asked: a person looks, finds it or not, and says so.
      assertThat(idempotency()).isEqualTo(Idempotency.NONE);
      assertThat(fake.objects("orders").size()).isLessThanOrEqualTo(1);
      assertThat(tenant.text("select last_error from actions")).contains("it may have arrived");
      return;
    }
    onlyOrder();
  }

  @ParameterizedTest
  @MethodSource("products")
  void makesNoSecondOrderWhenTheFirstAppearsAfterItWasLookedFor(String product) throws Exception {
    connect(product);
    assumeTrue(idempotency() == Idempotency.UPSERT);
    fake.fail(FsmFault.LATE_AND_SILENT, 1);
    tenant.raise("P-7", "leak");
    awaitState("ACCEPTED");
    onlyOrder();
  }

  @ParameterizedTest
  @MethodSource("products")
  void takesForARefusalThatItExistsOnlyWhenItIsLookedForAfterwardsAndNotThere(String product)
      throws Exception {
    connect(product);
    assumeTrue(!script.at("/exists").isMissingNode());
    fake.fail(FsmFault.EXISTS, 1);
    tenant.raise("P-7", "leak");
    awaitState("DEAD");
    assertThat(fake.objects("orders")).isEmpty();
    assertThat(tenant.text("select last_error from actions")).contains("another has its key");
  }

  @ParameterizedTest
  @MethodSource("products")
  void takesARefusalForOneAndLeavesTheProductInPeaceAboutIt(String product) throws Exception {
    connect(product);
    fake.fail(FsmFault.REJECTED, 1);
    tenant.raise("P-7", "leak");
    awaitState("DEAD");
    assertThat(fake.objects("orders")).isEmpty();
    assertThat(tenant.text("select attempts::text from actions")).isEqualTo("1");
    assertThat(hub.lines.line(tenant.tenant).orElseThrow().trouble()).isNull();
  }

  @ParameterizedTest
  @MethodSource("products")
  void leavesAProductAloneThatIsAskedTooOften(String product) throws Exception {
    connect(product);
    fake.fail(FsmFault.LIMITED, 1);
    tenant.raise("P-7", "leak");
    await()
        .atMost(SOON)
        .until(() -> tenant.text("select coalesce(last_error, '') from actions").contains("HTTP"));
    assertThat(tenant.state()).isIn("PLANNED", "SENDING", "ACCEPTED");
    tenant.hurry();
    awaitState("ACCEPTED");
    onlyOrder();
  }

  @ParameterizedTest
  @MethodSource("products")
  void keepsAnActionWhenTheCredentialsAreRefused(String product) throws Exception {
    connect(product);
    assumeTrue(!script.at("/auth").isMissingNode());
    tenant.end();
    Map<String, String> wrong = script.settings(fake.origin());
    for (String secret : List.of("api_key", "password", "client_secret")) {
      wrong.computeIfPresent(secret, (n, v) -> "wrong");
    }
    tenant = new Outbound(acting);
    tenant.connect(hub.rows, product, wrong);
    tenant.raise("P-7", "leak");
    await()
        .atMost(SOON)
        .until(
            () ->
                tenant
                    .text("select coalesce(last_error, '') from actions")
                    .contains("credentials are refused"));
    assertThat(tenant.state()).isEqualTo("PLANNED");
    assertThat(fake.objects("orders")).isEmpty();
    assertThat(tenant.text("select last_error from actions")).doesNotContain("wrong");
  }

  @ParameterizedTest
  @MethodSource("products")
  void putsItsEvidenceIntoTheOrderThatAPersonHasMadeAlready(String product) throws Exception {
    connect(product);
    assumeTrue(!script.at("/person").isMissingNode());
    fake.add(
        "orders",
        java.util.Objects.requireNonNull(
            script.evaluate(script.at("/person").asText(), new ObjectMapper().createObjectNode())));
    tenant.raise("P-7", "leak");
    awaitState("ACCEPTED");
    JsonNode order = onlyOrder();
    assertThat(isTrue(script.at("/person-after").asText(), order)).as(order.toString()).isTrue();
    assertThat(tenant.text("select joined::text from actions")).isEqualTo("true");
    assertThat(order.toString()).contains(tenant.text("select fsm_id from actions"));
  }

  @ParameterizedTest
  @MethodSource("products")
  void followsTheOrderToItsEndAndBackWhereTheProductOpensItAgain(String product) throws Exception {
    connect(product);
    tenant.raise("P-7", "leak");
    awaitState("ACCEPTED");
    for (String state : List.of("IN_PROGRESS", "ON_HOLD", "COMPLETED", "ACCEPTED")) {
      JsonNode change = script.at("/states/" + state);
      if (!change.isMissingNode()) {
        fake.change("orders", change.asText());
        awaitHurried(() -> tenant.state().equals(state));
      }
    }
    onlyOrder();
  }

  @ParameterizedTest
  @MethodSource("products")
  void appendsTheEvidenceOfTheNextEventOnce(String product) throws Exception {
    connect(product);
    tenant.raise("P-7", "leak");
    awaitState("ACCEPTED");
    tenant.raise("P-7", "leak");
    await()
        .atMost(SOON)
        .until(() -> tenant.count("select count(*) from event_actions where told_at is null") == 0);
    JsonNode order = onlyOrder();
    String event =
        tenant.text("select event_id::text from event_actions order by created_at desc limit 1");
    JsonNode text = script.evaluate(script.at("/text").asText("$string($)"), order);
    assertThat(String.valueOf(text).split("event:" + event, -1))
        .as(String.valueOf(text))
        .hasSize(2);
  }

  private Idempotency idempotency() {
    return hub.lines
        .line(tenant.tenant)
        .orElseThrow()
        .kind("work_order")
        .orElseThrow()
        .idempotency();
  }

  private JsonNode onlyOrder() {
    List<JsonNode> orders = fake.objects("orders");
    assertThat(orders).as(fake.calls().toString()).hasSize(1);
    return orders.get(0);
  }

  private void awaitState(String wanted) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(tenant.state())
                    .as(tenant.text("select coalesce(last_error, '-') from actions") + fake.calls())
                    .isEqualTo(wanted));
  }

  private void awaitHurried(Callable<Boolean> condition) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              if (condition.call()) {
                return true;
              }
              tenant.hurry();
              return false;
            });
  }

  private boolean isTrue(String expression, JsonNode order) {
    JsonNode result = script.evaluate(expression, order);
    return result != null && result.asBoolean();
  }
}
