package io.caravanhub.edge.manage;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Who the gateway is and where the hub is, written into {@code edge.yaml}; the rest stays. */
final class HubSectionText {
  private static final Set<String> OWN = Set.of("gateway", "tenant", "hub");

  private HubSectionText() {}

  /**
   * @param before the file as it was, or empty
   * @param mqtt address of the broker
   * @param api address of the hub
   */
  static String write(String before, String gateway, String tenant, String mqtt, String api) {
    String section =
        """
        gateway: %s
        tenant: %s

        # Written by enrolment.
        hub:
          url: %s
          api: %s
          certificate: gateway.crt
          key: gateway.key
          authorities: hub.crt
          tokenFile: gateway.token
        """
            .formatted(quoted(gateway), quoted(tenant), quoted(mqtt), quoted(api));
    List<String> rest = new ArrayList<>();
    boolean own = false;
    for (String line : before.lines().toList()) {
      boolean top = !line.isEmpty() && !Character.isWhitespace(line.charAt(0));
      if (top && line.charAt(0) != '#') {
        own = OWN.contains(line.split(":", 2)[0].strip());
      } else if (top) {
        own = false;
      }
      if (!own && !line.equals("# Written by enrolment.")) {
        rest.add(line);
      }
    }
    String others = String.join("\n", rest).strip();
    return section + (others.isEmpty() ? "" : "\n" + others + "\n");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
