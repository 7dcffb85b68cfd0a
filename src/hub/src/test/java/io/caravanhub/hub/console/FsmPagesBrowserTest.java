package io.caravanhub.hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.testkit.fsm.FakeFsm;
import io.caravanhub.testkit.fsm.FsmFault;
import io.caravanhub.testkit.fsm.FsmScript;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Field-service connections and the action log in the machine's own browser. */
class FsmPagesBrowserTest {
  private static final String KEY = "key-of-the-test";

  @RegisterExtension static final Browser browser = new Browser();
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("f-pages");
  private final String admin = hub.token(tenant, "admin");

  @AfterEach
  void stop() {
    browser.closePages();
    hub.owner()
        .sql("update fsm_connections set state = 'paused' where tenant_id = ?")
        .param(tenant)
        .update();
    hub.owner()
        .sql("update actions set state = 'CANCELLED' where tenant_id = ?")
        .param(tenant)
        .update();
  }

  private Page page(String path, String token, int width) {
    Page page = browser.page(width, 900, ColorScheme.LIGHT);
    page.navigate(hub.uri("/login?token=" + token).toString());
    page.navigate(hub.uri(path).toString());
    return page;
  }

  private Page page(String path) {
    return page(path, admin, 1440);
  }

  private static FsmScript script(String product) throws IOException {
    return FsmScript.read(TestDatabase.root().resolve("connectors/fsm/" + product));
  }

  private void connect(FsmScript script, FakeFsm fake, String product) {
    Answer made =
        hub.post(
            "/api/v1/fsm-connections",
            admin,
            Map.of("product", product, "settings", script.settings(fake.origin())));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    hub.post("/api/v1/fsm-connections/" + made.text("id") + "/enable", admin, "");
  }

  @Test
  void aProductIsConnectedThroughItsFormTestedAndEnabledAndItsKeyIsNeverShown() throws IOException {
    FsmScript script = script("atlas-cmms");
    try (FakeFsm fake = new FakeFsm(script)) {
      Page page = page("/fsm-connections");
      assertThat(page.locator("#live-list")).containsText("No field-service system yet");
      page.locator("#product-atlas-cmms .btn").click();
      page.locator("#s-url").fill(fake.origin());
      page.locator("#save").click();
      assertThat(page.locator("#p-api_key")).hasText("is needed");
      page.locator("#s-api_key").fill(KEY);
      page.locator("#save").click();
      assertThat(page.locator("#good")).containsText("made, and paused");
      page.locator("#test").click();
      assertThat(page.locator("#trial")).containsText("The product answers");
      page.locator("#enable").click();
      assertThat(page.locator("#good")).containsText("Enabled");
      Actions actions = new Actions(hub, tenant, admin);
      actions.plan("CH-0123456789AB", "leak at pump 7");
      assertThat(page.locator("#open")).hasText("1");
      assertThat(page.locator("#live-state")).containsText("Good");
      assertThat(page.content()).doesNotContain(KEY);

      page.locator("text=Settings").first().click();
      assertThat(page.locator("#s-api_key")).hasValue("");
      page.locator("#s-url").fill(fake.origin() + "/nowhere");
      page.locator("#save").click();
      assertThat(page.locator("#p-api_key")).containsText("enter it again");
      page.locator("#s-api_key").fill(KEY);
      page.locator("#save").click();
      assertThat(page.locator("#p-url")).containsText("the same system");
      page.locator("#same_system").check();
      page.locator("#s-api_key").fill(KEY);
      page.locator("#save").click();
      page.locator("#test").click();
      assertThat(page.locator("#trial")).containsText("The test failed");
      page.locator("#pause").click();
      page.locator("text=Delete it").first().click();
      page.locator("#delete").click();
      assertThat(page.locator("#live-list")).containsText("No field-service system yet");
    }
  }

  @Test
  void aRefusedActionIsFoundEditedAndSentAgain() throws IOException {
    FsmScript script = script("atlas-cmms");
    try (FakeFsm fake = new FakeFsm(script)) {
      connect(script, fake, "atlas-cmms");
      fake.fail(FsmFault.REJECTED, 1);
      new Actions(hub, tenant, admin).plan("CH-00000000DEAD", "loud pump");
      Page page = page("/work-orders");
      assertThat(page.locator("#live-states")).containsText("Dead 1");
      page.locator("#live-states a", new Page.LocatorOptions().setHasText("Dead")).click();
      assertThat(page.locator(".acts .problem")).containsText("No enum constant");
      page.locator(".acts th a").first().click();
      assertThat(page.locator("#live-facts")).containsText("refused it");
      String payload = page.locator("#payload").inputValue();
      page.locator("#payload").fill(payload + "]");
      page.locator("#save").click();
      assertThat(page.locator("#wrong")).containsText(Pattern.compile("line \\d+"));
      page.locator("#payload").fill(payload.replace("loud pump", "very loud pump"));
      page.locator("#save").click();
      assertThat(page.locator("#good")).containsText("Saved");
      page.locator("#retry").click();
      assertThat(page.locator("#live-facts")).containsText("The FSM system has it");
      assertThat(fake.objects("orders").get(0).path("title").asText()).contains("very loud pump");
    }
  }

  @Test
  void anActionThatMayHaveArrivedIsDecidedByAPersonWhoLooks() throws IOException {
    FsmScript script = script("maintainx");
    try (FakeFsm fake = new FakeFsm(script)) {
      connect(script, fake, "maintainx");
      fake.fail(FsmFault.DONE_AND_CUT, 1);
      String id = new Actions(hub, tenant, admin).plan("CH-00000000D0BT", "seized motor");
      Page page = page("/work-orders/" + id);
      assertThat(page.locator("#live-facts")).containsText("nobody can be asked");
      page.reload();
      assertThat(page.locator(".acts-do")).containsText("look there first");
      page.navigate(hub.uri("/work-orders").toString());
      assertThat(page.locator(".acts .problem").first()).containsText("it may have arrived");
      page.navigate(hub.uri("/work-orders/" + id).toString());
      page.locator("#fsm").fill(fake.objects("orders").get(0).path("id").asText());
      page.locator("#arrived").click();
      assertThat(page.locator("#good")).containsText("Noted");
      assertThat(page.locator("#live-facts")).containsText("The FSM system has it");
      assertThat(fake.objects("orders")).hasSize(1);
    }
  }

  @Test
  void anActionIsHeldReleasedAndCancelledAfterAskingAgain() {
    String id = new Actions(hub, tenant, admin).plan("CH-00000000HELD", "dripping valve");
    Page page = page("/work-orders/" + id, hub.token(tenant, "dispatcher"), 768);
    page.locator("#hold").click();
    assertThat(page.locator("#live-facts")).containsText("Held");
    hub.owner()
        .sql(
            "update actions set payload = jsonb_set(payload, '{urgent}', 'true') where id = ?::uuid")
        .param(id)
        .update();
    page.locator("#payload").fill("{");
    page.locator("#save").click();
    assertThat(page.locator("#wrong")).containsText("line");
    page.locator("#payload").fill("{}");
    page.locator("#save").click();
    assertThat(page.locator("#wrong")).containsText("changed since you opened");
    page.navigate(hub.uri("/work-orders/" + id).toString());
    assertThat(page.locator("#payload")).hasValue(Pattern.compile("urgent"));
    page.locator("#release").click();
    assertThat(page.locator("#live-facts")).containsText("Planned");
    assertThat(page.locator("#cancel")).isHidden();
    page.locator("text=Cancel it").first().click();
    page.locator("#cancel").click();
    assertThat(page.locator("#live-facts")).containsText("Cancelled");
    assertThat(page.locator("#live-steps")).containsText("Retry");
    assertThat((Boolean) page.evaluate("document.body.scrollWidth <= window.innerWidth")).isTrue();
  }

  @Test
  void aViewerLooksAndTouchesNothing() {
    String id = new Actions(hub, tenant, admin).plan("CH-000000001234", "noisy fan");
    Page page = page("/work-orders/" + id, hub.token(tenant, "viewer"), 1440);
    assertThat(page.locator(".acts-do")).hasCount(0);
    assertThat(page.locator("#payload")).hasCount(0);
    page.navigate(hub.uri("/fsm-connections").toString());
    assertThat(page.locator(".shelf .btn")).hasCount(0);
  }

  /** Actions as policies plan them. */
  private record Actions(RunningHub hub, String tenant, String admin) {
    String plan(String external, String message) {
      String device = hub.device(admin, Map.of("device_type", "sensor")).id();
      return hub.owner()
          .sql(
              """
              with e as (
                insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)
                values (:tenant, :external, :device::uuid, 'r', 'f', 'likely_failure', 'high', :message, now(), now()) returning id),
              a as (
                insert into actions (tenant_id, event_id, kind, external_identifier, idempotency_key, asset, payload)
                select :tenant, e.id, 'work_order', :external, md5(:external), :external,
                       jsonb_build_object('action', jsonb_build_object('externalIdentifier', :external, 'priority', 2), 'asset', '{"id": "P-7", "name": "Pump"}'::jsonb,
                         'device', '{"serial": "S-1"}'::jsonb, 'event', jsonb_build_object('message', :message))
                  from e returning id, event_id)
              insert into event_actions (tenant_id, event_id, action_id) select :tenant, event_id, id from a returning action_id::text\
              """)
          .param("tenant", tenant)
          .param("external", external)
          .param("device", device)
          .param("message", message)
          .query(String.class)
          .single();
    }
  }
}
