package io.caravanhub.edge;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.edge.uplink.HubSettings;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code hub} of {@code edge.yaml}. */
final class HubSection {
  private static final Set<String> FIELDS =
      Set.of(
          "url", "api", "user", "token", "tokenFile", "certificate", "key", "authorities", "https");

  private HubSection() {}

  static HubSettings read(
      SettingsSection hub, String tenant, String gateway, JsonNode backfillShare) {
    hub.only(FIELDS);
    HubSettings.Https https =
        hub.choice("https", HubSettings.Https.AUTO, SettingsSection.all(HubSettings.Https.class));
    URI url = uri(hub, "url", Set.of("tcp", "ssl"), "tcp://host:port or ssl://host:port");
    URI api = uri(hub, "api", Set.of("http", "https"), "https://host:port");
    if (url == null && https != HubSettings.Https.ONLY) {
      throw hub.wrong("url", "is required, unless https is only");
    }
    if (api == null && https == HubSettings.Https.ONLY) {
      throw hub.wrong("api", "is required when https is only");
    }
    String token = hub.secret("token");
    if (token == null && hub.text("certificate") == null) {
      throw hub.wrong("token", "expected a token, or tokenFile, its file");
    }
    if ((hub.text("certificate") == null) != (hub.text("key") == null)) {
      throw hub.wrong("certificate", "certificate and key are files that belong together");
    }
    String user = hub.text("user");
    return new HubSettings(
        tenant,
        gateway,
        url,
        api,
        user == null ? gateway : user,
        token,
        hub.existing("certificate"),
        hub.existing("key"),
        hub.existing("authorities"),
        https,
        share(backfillShare));
  }

  private static double share(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return 0.5;
    }
    if (!node.isNumber() || node.asDouble() < 0 || node.asDouble() > 0.9) {
      throw new IllegalArgumentException(
          "spool.backfillShare: expected 0 to 0.9, got " + node.asText());
    }
    return node.asDouble();
  }

  private static @Nullable URI uri(
      SettingsSection hub, String field, Set<String> schemes, String expected) {
    String text = hub.text(field);
    if (text == null) {
      return null;
    }
    URI uri = URI.create(text.replace(' ', '_').replaceAll("/+$", ""));
    if (!schemes.contains(String.valueOf(uri.getScheme())) || uri.getHost() == null) {
      throw hub.wrong(field, "expected " + expected + ", got \"" + text + "\"");
    }
    return uri;
  }
}
