package io.caravanhub.hub.console;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Where others reach the hub: as the setting says, or as the browser at hand did. */
@Component
class HubAddress {
  private final String set;

  HubAddress(@Value("${hub.public.url:}") String set) {
    this.set = set.replaceFirst("/+$", "");
  }

  /** Without a slash at its end. */
  String of(HttpServletRequest request) {
    if (!set.isBlank()) {
      return set;
    }
    int port = request.getServerPort();
    boolean usual = port == (request.isSecure() ? 443 : 80);
    return request.getScheme() + "://" + request.getServerName() + (usual ? "" : ":" + port);
  }

  /** Whether it is said by a setting, and so the same for every browser. */
  boolean isSet() {
    return !set.isBlank();
  }
}
