package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudAccess;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection's settings and opened credentials, for one poll. Not thread-safe. */
final class ConnectionAccess implements CloudAccess {
  private final Map<String, String> settings;
  private final Map<String, String> credentials;
  private final Consumer<Map<String, String>> keep;

  /**
   * @param keep given the credentials that were renewed
   */
  ConnectionAccess(
      Map<String, String> settings,
      Map<String, String> credentials,
      Consumer<Map<String, String>> keep) {
    this.settings = settings;
    this.credentials = new TreeMap<>(credentials);
    this.keep = keep;
  }

  @Override
  public @Nullable String value(String name) {
    String secret = credentials.get(name);
    return secret == null ? settings.get(name) : secret;
  }

  /** The credentials as they are now, to be kept out of what is shown. */
  Collection<String> secrets() {
    return credentials.values();
  }

  @Override
  public void renew(Map<String, String> renewed) {
    keep.accept(renewed);
    credentials.putAll(renewed);
  }
}
