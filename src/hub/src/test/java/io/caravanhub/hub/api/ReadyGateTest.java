package io.caravanhub.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class ReadyGateTest {
  private final ReadyGate gate = new ReadyGate();

  @Test
  void askedTooEarlyTheHubSaysTryAgain() throws Exception {
    MockHttpServletResponse answer = post("/api/v1/telemetry/ingest");
    assertThat(answer.getStatus()).isEqualTo(503);
    assertThat(answer.getHeader("Retry-After")).isEqualTo("1");
    assertThat(post("/hooks/kestrel").getStatus()).isEqualTo(503);
  }

  @Test
  void aHubThatIsUpLetsRequestsThroughUntilItStops() throws Exception {
    gate.follow(now(ReadinessState.ACCEPTING_TRAFFIC));
    assertThat(post("/api/v1/telemetry/ingest").getStatus()).isEqualTo(200);
    gate.follow(now(ReadinessState.REFUSING_TRAFFIC));
    assertThat(post("/api/v1/telemetry/ingest").getStatus()).isEqualTo(503);
  }

  @Test
  void healthAnswersAtAnyTime() throws Exception {
    assertThat(post("/actuator/health").getStatus()).isEqualTo(200);
  }

  private AvailabilityChangeEvent<ReadinessState> now(ReadinessState state) {
    return new AvailabilityChangeEvent<>(this, state);
  }

  private MockHttpServletResponse post(String path) throws Exception {
    MockHttpServletResponse answer = new MockHttpServletResponse();
    gate.doFilter(new MockHttpServletRequest("POST", path), answer, new MockFilterChain());
    return answer;
  }
}
