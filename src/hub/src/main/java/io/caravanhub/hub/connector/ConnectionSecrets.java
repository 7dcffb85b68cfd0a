package io.caravanhub.hub.connector;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Opens and seals the credentials of connections. Thread-safe. */
@Component
class ConnectionSecrets {
  private final SecretBox box;
  private final ConnectionRows rows;

  ConnectionSecrets(
      ConnectionRows rows,
      @Value("${hub.home}") Path home,
      @Value("${hub.secret.key:}") String key) {
    this.rows = rows;
    this.box =
        SecretBox.of(key.isBlank() ? SecretKeyFile.read(home.resolve("connections.key")) : key);
  }

  /** The credentials; none when it has none. */
  Map<String, String> open(Connection connection) {
    return open(connection.owner(), connection.credentials());
  }

  /** As above, of a row that is not read whole. */
  Map<String, String> open(String owner, byte @Nullable [] sealed) {
    return sealed == null ? new TreeMap<>() : new TreeMap<>(rows.texts(box.open(owner, sealed)));
  }

  byte[] seal(Connection connection, Map<String, String> credentials) {
    return box.seal(connection.owner(), rows.write(credentials));
  }
}
