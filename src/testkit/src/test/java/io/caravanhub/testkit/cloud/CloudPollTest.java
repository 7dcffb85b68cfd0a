package io.caravanhub.testkit.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudDeclarationException;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.CloudPoll;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.PollReport;
import io.caravanhub.core.cloud.PollSink;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The frame of polling against a cloud that is played from a script, over real HTTP. */
class CloudPollTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String SIMPLE =
      """
      base: https://api.acme.test/v1
      auth: {type: api-key, headers: {X-Api-Key: "{api_key}"}}
      requests:
        - {name: units, path: /units, items: /units, device: "{/id}", mapping: telemetry}
      """;
  private static final String SIMPLE_SCRIPT =
      """
      credentials: {api_key: k-1}
      auth: {headers: {X-Api-Key: k-1}}
      calls:
        - {path: /v1/units, answer: {units: [{id: a, t: 1}, {id: b, t: 2}]}}
      """;

  private final Map<String, String> credentials = new HashMap<>();
  private final List<String> taken = new ArrayList<>();
  private final List<String> answered = new ArrayList<>();
  private Map<String, String> state = new TreeMap<>();
  private RuntimeException refusal;
  private int progressBeforeCrash = Integer.MAX_VALUE;

  private PollReport poll(String declaration, FakeCloud fake) {
    Cloud cloud = CloudFile.read(declaration).at(fake.origin());
    CloudAccess access =
        new CloudAccess() {
          @Override
          public String value(String name) {
            return credentials.get(name);
          }

          @Override
          public void renew(Map<String, String> renewed) {
            credentials.putAll(renewed);
          }
        };
    PollSink sink =
        new PollSink() {
          @Override
          public void take(Fetched fetched) {
            if (refusal != null) {
              throw refusal;
            }
            fetched.parts().forEach(p -> taken.add(p.device() + " " + p.json()));
          }

          @Override
          public void progress(Map<String, String> moved) {
            if (progressBeforeCrash-- == 0) {
              throw new IllegalStateException("killed");
            }
            state = new TreeMap<>(moved);
          }

          @Override
          public void answered(CloudRequest request, Instant begun) {
            answered.add(request.name());
          }
        };
    return new CloudPoll(
            cloud,
            access,
            new CloudHttp(Duration.ofMillis(800)),
            Clock.fixed(NOW, java.time.ZoneOffset.UTC))
        .run(state, sink);
  }

  private FakeCloud cloud(String script, Fault fault) throws IOException {
    Script read = Script.of(script);
    read.credentials().forEach(credentials::putIfAbsent);
    return new FakeCloud(read, fault);
  }

  @Test
  void aRequestCountsAsAnsweredWhenAllOfItWas() throws IOException {
    String declaration =
        """
        base: https://api.acme.test/v1
        auth: {type: api-key, headers: {X-Api-Key: "{api_key}"}}
        requests:
          - {name: units, path: /units, items: /units, device: "{/id}", inventory: inventory}
          - {name: parts, each: units, path: "/units/{/id}/parts", items: /parts, device: "{/id}", inventory: inventory}
          - {name: rare, path: /units, items: /units, device: "{/id}", every: P1D}
        """;
    String script =
        """
        credentials: {api_key: k-1}
        calls:
          - {path: /v1/units, answer: {units: [{id: a}, {id: b}]}}
          - {path: /v1/units/a/parts, answer: {parts: [{id: a1}]}}
        """;
    try (FakeCloud fake = cloud(script, Fault.NONE)) {
      poll(declaration, fake);
      assertThat(answered).containsExactly("units", "rare");
      poll(declaration, fake);
      assertThat(answered).containsExactly("units", "rare", "units");
    }
  }

  private CloudException failure(Fault fault) throws IOException {
    try (FakeCloud fake = cloud(SIMPLE_SCRIPT, fault)) {
      return catchThrowableOfType(CloudException.class, () -> poll(SIMPLE, fake));
    }
  }

  @Test
  void takesAnAnswerApartByDevice() throws IOException {
    try (FakeCloud fake = cloud(SIMPLE_SCRIPT, Fault.NONE)) {
      PollReport report = poll(SIMPLE, fake);
      assertThat(taken).containsExactly("a {\"id\":\"a\",\"t\":1}", "b {\"id\":\"b\",\"t\":2}");
      assertThat(report.requests()).isEqualTo(1);
      assertThat(report.parts()).isEqualTo(2);
    }
  }

  @Test
  void triesAgainAfterAPassingErrorAndAfterAShortRetryAfter() throws IOException {
    for (Fault fault : List.of(Fault.ERROR_ONCE, Fault.TOO_MANY_ONCE)) {
      taken.clear();
      try (FakeCloud fake = cloud(SIMPLE_SCRIPT, fault)) {
        poll(SIMPLE, fake);
        assertThat(taken).as(fault.name()).hasSize(2);
        assertThat(fake.calls()).hasSize(2);
      }
    }
  }

  @Test
  void givesUpWithTheTimeThatTheCloudAskedFor() throws IOException {
    CloudException limited = failure(Fault.TOO_MANY_FOR_LONG);
    assertThat(limited.kind()).isEqualTo(CloudException.Kind.LIMITED);
    assertThat(limited.notBefore()).isEqualTo(NOW.plusSeconds(120));
    assertThat(failure(Fault.TOO_MANY).kind()).isEqualTo(CloudException.Kind.LIMITED);
  }

  @Test
  void takesNothingOfAnAnswerThatIsNotWhole() throws IOException {
    for (Fault fault : List.of(Fault.TRUNCATED, Fault.GARBAGE, Fault.SILENT, Fault.ERROR)) {
      assertThat(failure(fault).kind()).as(fault.name()).isEqualTo(CloudException.Kind.UNAVAILABLE);
      assertThat(taken).isEmpty();
    }
  }

  @Test
  void saysThatCredentialsAreRefusedAndNeverWhatTheyAre() throws IOException {
    credentials.put("api_key", "wrong-secret");
    CloudException refused = failure(Fault.NONE);
    assertThat(refused.kind()).isEqualTo(CloudException.Kind.REFUSED);
    assertThat(refused.getMessage()).doesNotContain("wrong-secret").contains("401");
  }

  private static final String OAUTH =
      """
      base: https://api.acme.test
      auth: {type: oauth2-refresh-token, token-url: "https://login.acme.test/token", client: basic}
      requests:
        - {name: units, path: /units, items: "", device: "{/id}", mapping: telemetry}
      """;
  private static final String OAUTH_SCRIPT =
      """
      credentials: {client_id: me, client_secret: s, refresh_token: r-1}
      auth: {headers: {Authorization: Bearer t-2}}
      calls:
        - path: /token
          method: POST
          open: true
          body: [grant_type=refresh_token, refresh_token=r-1]
          answer: {access_token: t-2, refresh_token: r-2, expires_in: 3600}
        - {path: /units, answer: {id: a}}
      """;

  @Test
  void renewsATokenThatIsRefusedAndKeepsTheRotatedRefreshToken() throws IOException {
    credentials.put("access_token", "t-1");
    credentials.put("access_token_expires", NOW.plusSeconds(600).toString());
    try (FakeCloud fake = cloud(OAUTH_SCRIPT, Fault.NONE)) {
      poll(OAUTH, fake);
      assertThat(taken).hasSize(1);
      assertThat(credentials)
          .containsEntry("refresh_token", "r-2")
          .containsEntry("access_token", "t-2")
          .containsEntry("access_token_expires", NOW.plusSeconds(3600).toString());
      assertThat(fake.calls()).containsExactly("GET /units", "POST /token", "GET /units");
    }
  }

  @Test
  void usesATokenUntilShortlyBeforeItEnds() throws IOException {
    credentials.put("access_token", "t-2");
    credentials.put("access_token_expires", NOW.plusSeconds(31).toString());
    try (FakeCloud fake = cloud(OAUTH_SCRIPT, Fault.NONE)) {
      poll(OAUTH, fake);
      assertThat(fake.calls()).containsExactly("GET /units");
    }
  }

  @Test
  void followsCursorsNumbersAndOffsetsToTheLastPage() throws IOException {
    String script =
        """
        calls:
          - {path: /c, query: {cursor: two}, answer: {items: [{id: b}]}}
          - {path: /c, answer: {items: [{id: a}], next: two}}
          - {path: /n, query: {page: "2"}, answer: {items: [{id: d}]}}
          - {path: /n, query: {page: "1"}, answer: {items: [{id: c}, {id: c2}]}}
          - {path: /o, query: {startAt: "2"}, answer: {items: []}}
          - {path: /o, query: {startAt: "0"}, answer: {items: [{id: e}, {id: f}]}}
          - {path: /l, query: {p: "2"}, answer: {items: [{id: h}]}}
          - {path: /l, headers: {Link: '</l?p=2>; rel="next"'}, answer: {items: [{id: g}]}}
        """;
    String paged =
        """
        base: https://api.acme.test
        requests:
          - {name: c, path: /c, items: /items, device: "{/id}", mapping: t, page: {kind: cursor, query: cursor, next: /next}}
          - {name: n, path: /n, items: /items, device: "{/id}", mapping: t, page: {kind: number, query: page, size: 2}}
          - {name: o, path: /o, items: /items, device: "{/id}", mapping: t, page: {kind: offset, query: startAt, size: 2}}
          - {name: l, path: /l, items: /items, device: "{/id}", mapping: t, page: {kind: link}}
        """;
    try (FakeCloud fake = cloud(script, Fault.NONE)) {
      poll(paged, fake);
      assertThat(taken.stream().map(t -> t.split(" ")[0]))
          .containsExactly("a", "b", "c", "c2", "d", "e", "f", "g", "h");
      assertThat(fake.unexpected()).isEmpty();
    }
  }

  private static final String SINCE =
      """
      base: https://api.acme.test
      requests:
        - name: events
          path: /events
          items: /events
          device: "{/id}"
          mapping: t
          since: {query: from, until: to, at: /at, first: PT2H, span: PT1H}
      """;
  private static final String SINCE_SCRIPT =
      """
      calls:
        - path: /events
          query: {from: "2026-03-01T10:00:00Z", to: "2026-03-01T11:00:00Z"}
          answer: {events: [{id: a, at: "2026-03-01T10:30:00Z"}]}
        - path: /events
          query: {from: "2026-03-01T11:00:00Z", to: "2026-03-01T12:00:00Z"}
          answer: {events: [{id: a, at: "2026-03-01T11:40:00Z"}, {id: b, at: "2026-03-01T13:00:00Z"}]}
        - path: /events
          query: {from: "2026-03-01T11:40:00Z", to: "2026-03-01T12:00:00Z"}
          answer: {events: []}
      """;

  private static final String DAYS =
      """
      base: https://api.acme.test
      requests:
        - name: events
          path: /events
          items: /events
          device: "{/id}"
          mapping: t
          since: {query: from, until: to, at: /at, first: P1D, span: P1D}
      """;
  private static final String DAYS_SCRIPT =
      """
      calls:
        - path: /events
          query: {from: "2026-02-26T12:00:00Z", to: "2026-02-27T12:00:00Z"}
          answer: {events: [{id: a, at: "2026-02-27T11:00:00Z"}]}
        - path: /events
          query: {from: "2026-02-27T12:00:00Z", to: "2026-02-28T12:00:00Z"}
          answer: {events: [{id: b, at: "2026-02-28T11:00:00Z"}]}
        - path: /events
          query: {from: "2026-02-28T12:00:00Z", to: "2026-03-01T12:00:00Z"}
          answer: {events: [{id: c, at: "2026-03-01T11:00:00Z"}]}
      """;

  @Test
  void afterThreeDaysOutEachDayIsAskedForByItself() throws IOException {
    state.put("since events", "2026-02-26T12:00:00Z");
    try (FakeCloud fake = cloud(DAYS_SCRIPT, Fault.NONE)) {
      poll(DAYS, fake);
      assertThat(fake.calls()).hasSize(3);
      assertThat(fake.unexpected()).isEmpty();
      assertThat(taken).hasSize(3);
      assertThat(state).containsEntry("since events", "2026-03-01T11:00:00Z");
    }
  }

  @Test
  void aHubThatDiesBetweenCommitAndWatermarkRepeatsThatDayAndSkipsNone() throws IOException {
    state.put("since events", "2026-02-26T12:00:00Z");
    try (FakeCloud fake = cloud(DAYS_SCRIPT, Fault.NONE)) {
      // The second day is stored, and then the hub is gone: its watermark was never kept.
      progressBeforeCrash = 1;
      assertThatThrownBy(() -> poll(DAYS, fake)).hasMessage("killed");
      progressBeforeCrash = Integer.MAX_VALUE;
      poll(DAYS, fake);
      assertThat(taken.stream().map(t -> t.substring(0, 1))).containsExactly("a", "b", "b", "c");
      assertThat(fake.unexpected()).isEmpty();
    }
  }

  @Test
  void aSignedRequestIsLetInByACloudThatChecksIt() throws IOException {
    String signed =
        """
        base: https://api.acme.test/v1
        auth:
          type: signed-query
          query: {api-key: "{api_key}", t: "{timestamp}", api-signature: "{signature}"}
          sign: {text: "{pairs}", secret: "{api_secret}", algorithm: hmac-sha256}
        requests:
          - {name: units, path: /units, items: /units, device: "{/id}", mapping: telemetry}
        """;
    String script =
        """
        credentials: {api_key: k-1, api_secret: %s}
        auth: {query: {api-key: k-1, t: "1772366400", api-signature: "%s"}}
        calls:
          - {path: /v1/units, answer: {units: [{id: a, t: 1}]}}
        """;
    String good = hmac("s-1", "api-keyk-1t1772366400");
    try (FakeCloud fake = cloud(script.formatted("s-1", good), Fault.NONE)) {
      assertThat(poll(signed, fake).parts()).isEqualTo(1);
    }
    credentials.put("api_secret", "another");
    try (FakeCloud fake = cloud(script.formatted("s-1", good), Fault.NONE)) {
      assertThat(catchThrowableOfType(CloudException.class, () -> poll(signed, fake)).kind())
          .isEqualTo(CloudException.Kind.REFUSED);
    }
  }

  @Test
  void aRequestSignedForAwsCarriesTimeAndTemporaryToken() throws IOException {
    String signed =
        """
        base: https://api.acme.test/v1
        auth: {type: aws-sigv4, service: execute-api, region: "{region}"}
        requests:
          - {name: units, path: /units, items: /units, device: "{/id}", mapping: telemetry}
        """;
    String script =
        """
        credentials: {access_key: AK, secret_key: SK, session_token: ST, region: eu-west-1}
        auth: {headers: {X-Amz-Date: 20260301T120000Z, X-Amz-Security-Token: ST}}
        calls:
          - {path: /v1/units, answer: {units: [{id: a, t: 1}]}}
        """;
    try (FakeCloud fake = cloud(script, Fault.NONE)) {
      assertThat(poll(signed, fake).parts()).isEqualTo(1);
    }
  }

  private static String hmac(String key, String text) {
    try {
      javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
      mac.init(
          new javax.crypto.spec.SecretKeySpec(
              key.getBytes(java.nio.charset.StandardCharsets.UTF_8), "HmacSHA256"));
      return java.util.HexFormat.of()
          .formatHex(mac.doFinal(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void catchesUpInWindowsThatTheCloudAllows() throws IOException {
    try (FakeCloud fake = cloud(SINCE_SCRIPT, Fault.NONE)) {
      poll(SINCE, fake);
      assertThat(taken).hasSize(3);
      assertThat(state).containsEntry("since events", "2026-03-01T11:40:00Z");
      taken.clear();
      poll(SINCE, fake);
      assertThat(taken).isEmpty();
      assertThat(state).containsEntry("since events", "2026-03-01T11:40:00Z");
      assertThat(fake.unexpected()).isEmpty();
    }
  }

  @Test
  void keepsTheWatermarkWhereTheLastCommittedAnswerWas() throws IOException {
    try (FakeCloud fake = cloud(SINCE_SCRIPT, Fault.ERROR_AFTER_FIRST)) {
      assertThatThrownBy(() -> poll(SINCE, fake)).isInstanceOf(CloudException.class);
      assertThat(state).containsEntry("since events", "2026-03-01T11:00:00Z");
    }
    state = new TreeMap<>();
    refusal = new IllegalStateException("the store is away");
    try (FakeCloud fake = cloud(SINCE_SCRIPT, Fault.NONE)) {
      assertThatThrownBy(() -> poll(SINCE, fake)).isSameAs(refusal);
      assertThat(state).isEmpty();
    }
  }

  @Test
  void asksForEachItemOfAnotherRequestAndGoesOnWhenOneIsGone() throws IOException {
    String script =
        """
        calls:
          - {path: /devices, answer: {devices: [{id: "a 1"}, {id: gone}, {id: c}]}}
          - {path: /devices/a 1/latest, answer: {data: {temp: 1}}}
          - {path: /devices/c/latest, answer: {data: {temp: 3}}}
        """;
    String each =
        """
        base: https://api.acme.test
        requests:
          - {name: devices, path: /devices, items: /devices, device: "{/id}", inventory: inventory}
          - {name: latest, path: "/devices/{/id}/latest", each: devices, items: /data, device: "{parent/id}", mapping: t}
        """;
    try (FakeCloud fake = cloud(script, Fault.NONE)) {
      PollReport report = poll(each, fake);
      assertThat(taken).contains("a 1 {\"temp\":1}", "c {\"temp\":3}");
      assertThat(report.problems()).containsExactly("latest: 404");
    }
  }

  @Test
  void stopsBeforeARequestThatIsNotWelcome() throws IOException {
    String script =
        """
        calls:
          - {path: /a, headers: {X-Left: "0", X-Reset: "300"}, answer: {id: a}}
          - {path: /b, answer: {id: b}}
        """;
    String two =
        """
        base: https://api.acme.test
        rate: {remaining: X-Left, reset: X-Reset}
        requests:
          - {name: a, path: /a, device: "{/id}", mapping: t}
          - {name: b, path: /b, device: "{/id}", mapping: t}
        """;
    try (FakeCloud fake = cloud(script, Fault.NONE)) {
      CloudException limited = catchThrowableOfType(CloudException.class, () -> poll(two, fake));
      assertThat(limited.notBefore()).isEqualTo(NOW.plusSeconds(300));
      assertThat(fake.calls()).containsExactly("GET /a");
    }
  }

  @Test
  void namesThePlaceOfAMistakeInTheDeclaration() {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "base: https://x\nrequests: []",
                "cloud.yaml /requests: expected at least one",
                "base: ftp://x\nrequests: [{name: a}]",
                "cloud.yaml /base: expected an address, or {setting}, got 'ftp://x'",
                "base: https://x\nrequests: [{name: a, each: b}]",
                "cloud.yaml /requests/0/each: expected the name of a request before this one",
                "base: https://x\nauth: {type: magic}\nrequests: [{name: a}]",
                "cloud.yaml /auth/type: expected none, api-key, basic, session, aws-sigv4, signed-query,"
                    + " oauth2-client-credentials, oauth2-refresh-token or oauth2-authorization-code")
            .entrySet()) {
      assertThatThrownBy(() -> CloudFile.read(wrong.getKey()))
          .isInstanceOf(CloudDeclarationException.class)
          .hasMessage(wrong.getValue());
    }
  }
}
