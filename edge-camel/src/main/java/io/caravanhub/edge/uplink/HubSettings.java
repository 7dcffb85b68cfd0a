package io.caravanhub.edge.uplink;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the hub is and who the gateway is there.
 *
 * @param tenant whose the gateway is
 * @param gateway its id
 * @param mqtt {@code tcp://host:port} or {@code ssl://host:port}; null when only HTTPS is used
 * @param api {@code https://host:port}, without {@code /api/v1}; null when only MQTT is used
 * @param user MQTT user name
 * @param token of the gateway; null when the certificate is enough
 * @param certificate PEM file with the gateway's certificate, or null
 * @param key PEM file with its private key (PKCS #8), or null
 * @param authorities PEM file of those who may vouch for the hub; null for the JDK's
 * @param https when HTTPS is used
 * @param backfillShare what old records may take of the way while new ones wait, 0 to 0.9
 */
public record HubSettings(
    String tenant,
    String gateway,
    @Nullable URI mqtt,
    @Nullable URI api,
    String user,
    @Nullable String token,
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable Path authorities,
    Https https,
    double backfillShare) {

  /** When HTTPS is used. */
  public enum Https {
    /** While MQTT cannot connect. */
    AUTO,
    /** Always. */
    ONLY,
    /** Never. */
    NEVER
  }

  // A token does not belong into a log.
  @Override
  public String toString() {
    return gateway + " of " + tenant + " at " + (mqtt == null ? api : mqtt);
  }
}
