package io.caravanhub.hub.notify;

import io.caravanhub.core.address.GatedHttp;
import io.caravanhub.core.address.HostGate;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * HTTP towards chats, gateways and subscribers, whose answers are short; no address is asked that
 * is not for everybody, unless the hub may. Thread-safe.
 */
@Component
class NotifyHttp {
  /** The most that a {@code Retry-After} is believed. */
  static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private static final int LARGEST_ANSWER = 64 * 1024;
  private static final String ALLOWED = "HUB_NOTIFY_ALLOW_PRIVATE";
  private static final HostGate INSIDE = new HostGate(true, ALLOWED);

  private final Duration deadline;
  private final HostGate gate;
  private final GatedHttp http;

  NotifyHttp(
      @Value("${hub.notify.timeout:PT10S}") Duration deadline,
      @Value("${hub.notify.allow.private:false}") boolean privateAllowed) {
    this.deadline = deadline;
    this.gate = new HostGate(privateAllowed, ALLOWED);
    this.http = new GatedHttp(gate, LARGEST_ANSWER);
  }

  GatedHttp.Answer send(String method, String url, Map<String, String> headers, byte[] body)
      throws GatedHttp.NoAnswerException {
    return http.send(method, uri(url), headers, body, deadline);
  }

  private static URI uri(String url) throws GatedHttp.NoAnswerException {
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      // The message would hold the address, which may be a secret.
      throw new GatedHttp.NoAnswerException("its address cannot be used", false);
    }
  }

  /** Why nothing is sent to this host, or null. */
  @Nullable String refusal(String host) {
    return gate.refusal(host);
  }

  /** As {@link #refusal}, where private addresses are what is meant. */
  @Nullable String linkRefusal(String host) {
    return INSIDE.refusal(host);
  }
}
