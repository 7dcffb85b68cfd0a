package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.caravanhub.hub.Answer;
import jakarta.mail.BodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mails are told over a real mail server. */
class MailTest extends NotifyingHub {
  private GreenMail mail;

  @BeforeEach
  void startMail() {
    mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mail.setUser("hub@example.com", "hub", "secret-of-the-test");
    mail.start();
  }

  @AfterEach
  void stopMail() {
    mail.stop();
  }

  private String smtp() {
    return it.make(
            "notification-channels",
            Map.of(
                "kind",
                "smtp",
                "name",
                "mail",
                "settings",
                Map.of(
                    "host",
                    "127.0.0.1",
                    "port",
                    mail.getSmtp().getPort(),
                    "security",
                    "none",
                    "username",
                    "hub",
                    "password",
                    "secret-of-the-test",
                    "from",
                    "Plant <hub@example.com>")))
        .text("id");
  }

  private void anna(Map<String, Object> more) {
    Map<String, Object> body = new java.util.HashMap<>(more);
    body.put("name", "Anna");
    body.put("role", "shift");
    body.put("language", "de");
    body.put("time_zone", "Europe/Berlin");
    body.putIfAbsent("addresses", Map.of("smtp", "anna@example.com"));
    it.make("recipients", body);
    it.audience("shift", Map.of("roles", List.of("shift")));
  }

  private MimeMessage received(int number) {
    await().atMost(SOON).until(() -> mail.getReceivedMessages().length >= number);
    return mail.getReceivedMessages()[number - 1];
  }

  private static String part(MimeMessage message, int number) throws Exception {
    BodyPart part = ((MimeMultipart) message.getContent()).getBodyPart(number);
    return (String) part.getContent();
  }

  @Test
  void aMailIsInTheReadersLanguageAndZoneAsTextAndHtmlWithABrand() throws Exception {
    it.change("notification-brand", Map.of("name", "Acme <GmbH>", "colour", "#aa0011"));
    smtp();
    anna(Map.of());
    UUID event = it.event("critical", "Lager <script>heiß");
    Announced announced = it.announce(event, "shift", false);
    assertThat(announced.planned()).as(announced.reason()).hasSize(1);
    assertThat(it.announce(event, "shift", false).planned()).isEmpty();

    MimeMessage message = received(1);
    assertThat(message.getSubject()).startsWith("Kritisch: ");
    assertThat(message.getFrom()[0].toString()).contains("hub@example.com");
    assertThat(part(message, 0)).contains("Lager <script>heiß", "91,5\u00a0°C", "Zu tun: Look");
    assertThat(part(message, 1))
        .contains("Lager &lt;script&gt;heiß", "Acme &lt;GmbH&gt;", "#aa0011", "/events/" + event)
        .doesNotContain("<script>");
    assertThat(message.getHeader("List-Unsubscribe-Post")[0])
        .isEqualTo("List-Unsubscribe=One-Click");
    assertThat(message.getHeader("Auto-Submitted")[0]).isEqualTo("auto-generated");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(it.messages("?state=SENT&event=" + event)).hasSize(1));
    assertThat(it.get("notification-channels").toString())
        .contains("\"good\"", "********")
        .doesNotContain("secret-of-the-test");
  }

  @Test
  void whoUnsubscribesIsWrittenNoMore() throws Exception {
    smtp();
    anna(Map.of());
    it.announce(it.event("high", "one"), "shift", true);
    String link =
        received(1)
            .getHeader("List-Unsubscribe")[0]
            .replaceAll("[<>]", "")
            .replaceFirst("http://[^/]*", "");
    HttpClient browser = HttpClient.newHttpClient();
    HttpResponse<String> page =
        browser.send(
            HttpRequest.newBuilder(it.hub.uri(link)).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("anna@example.com", "<form method=\"post\">");
    assertThat(it.get("recipients").at("/items/0/unsubscribed"))
        .as("looking changes nothing")
        .isEmpty();

    HttpResponse<String> done =
        browser.send(
            HttpRequest.newBuilder(URI.create(it.hub.uri(link).toString()))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("List-Unsubscribe=One-Click"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    it.announce(it.event("high", "two"), "shift", true);
    assertThat(it.messages("?state=SUPPRESSED").get(0).path("reason").asText())
        .contains("unsubscribed");
    HttpResponse<String> forged =
        browser.send(
            HttpRequest.newBuilder(it.hub.uri(link.substring(0, link.length() - 3) + "AAA"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(forged.statusCode()).isEqualTo(404);
  }

  @Test
  void quietHoursHoldWhatIsNotUrgentAndTellItAsOneDigest() throws Exception {
    smtp();
    anna(Map.of("quiet_hours", List.of(Map.of("from", "00:00", "to", "00:00"))));
    Announced held = it.announce(it.event("high", "first"), "shift", false);
    assertThat(held.reason()).contains("1 held: quiet hours");
    it.announce(it.event("high", "second"), "shift", false);
    it.announce(it.event("critical", "now"), "shift", true);

    assertThat(part(received(1), 0)).contains("now");
    assertThat(it.messages("?state=HELD")).hasSize(2);
    it.letGo();
    MimeMessage digest = received(2);
    assertThat(digest.getSubject()).isEqualTo("2 Ereignisse");
    assertThat(part(digest, 0)).contains("first", "second").doesNotContain("now");
    assertThat(it.messages("?state=SUPPRESSED"))
        .hasSize(2)
        .allMatch(m -> m.path("digest_id").isTextual());
  }

  @Test
  void moreThanAReaderCanBearIsToldAsOneWithACount() throws Exception {
    smtp();
    anna(Map.of("most", 2));
    for (int i = 0; i < 16; i++) {
      it.announce(it.event("high", "event " + i), "shift", true);
    }
    received(2);
    assertThat(it.messages("?state=HELD")).hasSize(14);
    it.letGo();
    MimeMessage digest = received(3);
    assertThat(digest.getSubject()).isEqualTo("14 Ereignisse");
    assertThat(part(digest, 0)).contains("event 2", "und 4 weitere");
  }

  @Test
  void whoChangesAServerEntersItsSecretsAgain() {
    String id = smtp();
    for (Map<String, Object> change :
        List.<Map<String, Object>>of(
            Map.of("host", "192.0.2.1"),
            Map.of("host", "192.0.2.1", "password", "********"),
            Map.of("port", 26),
            Map.of("security", "starttls"))) {
      refusedWithoutSecret(id, change, "settings/password");
    }
    it.change("notification-channels/" + id, Map.of("settings", Map.of("reply_to", "a@b.example")));
    it.change(
        "notification-channels/" + id,
        Map.of("settings", Map.of("port", 26, "password", "entered-again")));
    String sms =
        it.make(
                "notification-channels",
                Map.of(
                    "kind",
                    "sms",
                    "settings",
                    Map.of(
                        "url",
                        server.url(),
                        "body",
                        "{text}",
                        "header",
                        "X-Api-Key",
                        "header_value",
                        "key-of-the-test")))
            .text("id");
    refusedWithoutSecret(sms, Map.of("url", "https://192.0.2.1/"), "settings/header_value");
  }

  private void refusedWithoutSecret(String id, Map<String, Object> settings, String field) {
    Answer refused =
        it.hub.send(
            "PATCH",
            "/api/v1/notification-channels/" + id,
            it.admin,
            io.caravanhub.hub.RunningHub.publisher(Map.of("settings", settings)));
    assertThat(refused.status()).as(settings + ": " + refused.body()).isEqualTo(400);
    assertThat(refused.text("field")).isEqualTo(field);
  }

  @Test
  void aChannelCanBeTriedBeforeItIsNeeded() {
    String id = smtp();
    Answer tried = it.make("notification-channels/" + id + "/test", Map.of("to", "me@example.com"));
    assertThat(tried.json().path("ok").asBoolean()).as(tried.body()).isTrue();
    assertThat(GreenMailUtil.getBody(received(1))).contains("This is a test");
    it.change(
        "notification-channels/" + id,
        Map.of("settings", Map.of("security", "starttls", "password", "secret-of-the-test")));
    Answer refused =
        it.make("notification-channels/" + id + "/test", Map.of("to", "me@example.com"));
    assertThat(refused.json().path("ok").asBoolean()).as("no TLS, no mail").isFalse();
    assertThat(mail.getReceivedMessages()).hasSize(1);
  }
}
