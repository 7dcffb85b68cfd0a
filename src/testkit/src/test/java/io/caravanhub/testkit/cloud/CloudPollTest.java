package io.caravanhub.testkit.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravanhub.core.cloud.CloudDeclarationException;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.PollReport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The frame of polling against a cloud that is played from a script, over real HTTP. */
class CloudPollTest extends CloudPolling {
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
