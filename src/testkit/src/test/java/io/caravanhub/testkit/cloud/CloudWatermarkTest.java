package io.caravanhub.testkit.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.cloud.CloudException;
import java.io.IOException;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Where a poll goes on after an outage, a failure or a crash. */
class CloudWatermarkTest extends CloudPolling {
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
}
