package io.caravanhub.core.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostGateTest {
  private final HostGate strict = new HostGate(false, "HUB_X");
  private final HostGate open = new HostGate(true, "HUB_X");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "[::1]",
        "[fd12::1]",
        "[64:ff9b::10.1.2.3]",
        "[2002:c0a8:101::1]",
        "[::192.168.1.1]"
      })
  void privateAddressesAreRefusedUnlessTheyMayBeAsked(String host) {
    assertThat(strict.refusal(host)).contains("private", "HUB_X=true");
    assertThat(open.refusal(host)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "224.0.0.1",
        "[64:ff9b::169.254.169.254]"
      })
  void addressesOfTheLinkAreRefusedAlways(String host) {
    assertThat(open.refusal(host)).contains("link");
  }

  @Test
  void aPublicAddressIsTaken() {
    assertThat(strict.refusal("192.0.2.1")).isNull();
    assertThat(strict.refusal("[64:ff9b::192.0.2.1]")).isNull();
  }

  @Test
  void anAddressWithoutAHostIsNotKnown() {
    assertThat(open.refusal(null)).isEqualTo(HostGate.UNKNOWN);
    assertThat(open.refusal("")).isEqualTo(HostGate.UNKNOWN);
  }
}
