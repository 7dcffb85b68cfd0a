package io.caravanhub.hub.fsm;

import io.caravanhub.core.address.HostGate;
import io.caravanhub.hub.api.ProblemException;
import java.net.URI;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Where the connections of tenants may be: at private addresses only by HUB_FSM_ALLOW_PRIVATE. That
 * the hub listens on the loopback alone says nothing: a proxy before it serves everybody.
 * Immutable.
 */
@Component
class FsmAddresses {
  private static final String SETTING = "HUB_FSM_ALLOW_PRIVATE";

  /** For the address that the operator has set, which may be anywhere. */
  static final HostGate OPERATOR = new HostGate(true, SETTING);

  private final HostGate gate;

  FsmAddresses(@Value("${hub.fsm.allow.private:false}") boolean privateAllowed) {
    this.gate = new HostGate(privateAllowed, SETTING);
  }

  HostGate gate() {
    return gate;
  }

  /**
   * Refuses settings with an address that would never be asked.
   *
   * @throws ProblemException that names the setting
   */
  void require(Map<String, String> settings) {
    settings.forEach(
        (name, value) -> {
          if (value.matches("(?i)https?://.*")) {
            String refused = gate.refusal(host(name, value));
            if (refused != null && !refused.equals(HostGate.UNKNOWN)) {
              throw ProblemException.badField("settings/" + name, refused);
            }
          }
        });
  }

  private static String host(String name, String url) {
    try {
      String host = URI.create(url.strip()).getHost();
      if (host != null) {
        return host;
      }
    } catch (IllegalArgumentException e) {
      // told below, together with an address without host
    }
    throw ProblemException.badField(
        "settings/" + name, "expected an address such as https://fsm.example.com");
  }
}
