package io.caravanhub.edge.manage;

import java.net.URI;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How this gateway is managed from the hub.
 *
 * @param gateway its serial
 * @param api the hub's address, without {@code /api/v1}
 * @param token of the gateway, or null
 * @param tls for {@code https}, or null
 * @param folder where versions of the configuration are kept
 * @param interval between two questions whether there is something new
 * @param healthyWithin how long a new version may take until all is as well as before
 * @param settle how long is waited at least, for what takes time to fail
 * @param routes whether the hub may send route files, which are code
 * @param softwareKey whose signature releases must have; null for no updates
 * @param older whether the hub may have an older release installed than the one that runs
 * @param releases folder of the two slots, or null when the gateway does not run in one
 * @param mostBytes of a release
 */
public record ManageSettings(
    String gateway,
    URI api,
    @Nullable String token,
    @Nullable SSLContext tls,
    Path folder,
    Duration interval,
    Duration healthyWithin,
    Duration settle,
    boolean routes,
    @Nullable PublicKey softwareKey,
    boolean older,
    @Nullable Path releases,
    long mostBytes) {

  // A token does not belong into a log.
  @Override
  public String toString() {
    return gateway + " managed by " + api;
  }
}
