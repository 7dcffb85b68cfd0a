package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.edge.uplink.HubSettings;
import io.caravanhub.edge.uplink.HubTrust;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code manage} of {@code edge.yaml}. */
public final class ManageSettingsReader {
  private static final Set<String> FIELDS =
      Set.of("enabled", "folder", "interval", "healthyWithin", "settle", "routes", "software");
  private static final Set<String> SOFTWARE = Set.of("key", "older", "mostBytes");
  private static final long MOST_BYTES = 512L << 20;

  private ManageSettingsReader() {}

  /**
   * @param manage the section
   * @param hub where the hub is
   * @param folder which paths are relative to
   * @param data where what is kept belongs
   * @param releases folder of the two slots, which the start script tells, or null
   * @return null when the gateway is not managed: {@code hub.api} is absent, or {@code
   *     manage.enabled} is false
   * @throws IllegalArgumentException naming the field
   */
  public static @Nullable ManageSettings read(
      JsonNode manage, HubSettings hub, Path folder, Path data, @Nullable Path releases) {
    fields("manage", manage, FIELDS);
    fields("manage.software", manage.path("software"), SOFTWARE);
    URI api = hub.api();
    if (api == null || !manage.path("enabled").asBoolean(true)) {
      return null;
    }
    JsonNode own = manage.path("folder");
    JsonNode key = manage.path("software").path("key");
    return new ManageSettings(
        hub.gateway(),
        api,
        hub.token(),
        "https".equals(api.getScheme()) ? HubTrust.context(hub) : null,
        own.isTextual() ? folder.resolve(own.asText()).normalize() : data.resolve("config"),
        duration(manage, "interval", "PT60S"),
        duration(manage, "healthyWithin", "PT60S"),
        duration(manage, "settle", "PT10S"),
        manage.path("routes").asBoolean(true),
        key.isTextual() ? key(folder.resolve(key.asText())) : null,
        manage.path("software").path("older").asBoolean(false),
        releases,
        manage.path("software").path("mostBytes").asLong(MOST_BYTES));
  }

  private static Duration duration(JsonNode manage, String field, String fallback) {
    String text = manage.path(field).asText(fallback);
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "manage." + field + ": expected PT60S or the like, got " + text, e);
    }
    throw new IllegalArgumentException("manage." + field + ": expected more than nothing");
  }

  /** An Ed25519 public key in PEM. */
  private static PublicKey key(Path file) {
    try {
      String pem = Files.readString(file);
      String der = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
      return KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(der)));
    } catch (IOException e) {
      throw new IllegalArgumentException("manage.software.key: cannot be read: " + file, e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "manage.software.key: expected an Ed25519 public key in PEM in " + file, e);
    }
  }

  private static void fields(String name, JsonNode node, Set<String> known) {
    if (node.isMissingNode() || node.isNull()) {
      return;
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException(name + ": expected fields");
    }
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                throw new IllegalArgumentException(
                    name + "." + field + ": there is no such setting");
              }
            });
  }
}
