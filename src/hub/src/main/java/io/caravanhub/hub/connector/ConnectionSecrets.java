package io.caravanhub.hub.connector;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Opens and seals the credentials of connections. Thread-safe. */
@Component
class ConnectionSecrets {
  private final ConnectionRows rows;
  private final Path file;
  private final String key;
  private final UnaryOperator<String> places;
  private volatile @Nullable SecretBox box;

  @Autowired
  ConnectionSecrets(
      ConnectionRows rows,
      @Value("${hub.home}") Path home,
      @Value("${hub.secret.key:}") String key,
      @Lazy CamelContext context) {
    this(rows, home, key, context::resolvePropertyPlaceholders);
  }

  /**
   * With a key.
   *
   * @param key in base64, several with commas between, or a place such as {@code {{file:/run/key}}}
   *     that Camel fills, from a vault too; empty for the one in the hub's home
   */
  ConnectionSecrets(ConnectionRows rows, Path home, String key, UnaryOperator<String> places) {
    this.rows = rows;
    this.file = home.resolve("connections.key");
    this.key = key;
    this.places = places;
  }

  /** The box of the key in force, which a vault may have given. */
  SecretBox box() {
    SecretBox made = box;
    if (made == null) {
      String filled = key.contains("{{") ? places.apply(key) : key;
      made = SecretBox.of(filled.isBlank() ? SecretKeyFile.read(file) : filled);
      box = made;
    }
    return made;
  }

  /** The name of the key that seals. */
  byte[] keyName() {
    return box().keyName();
  }

  /** The credentials; none when it has none. */
  Map<String, String> open(Connection connection) {
    return open(connection.owner(), connection.credentials());
  }

  /** As above, of a row that is not read whole. */
  Map<String, String> open(String owner, byte @Nullable [] sealed) {
    return sealed == null ? new TreeMap<>() : new TreeMap<>(rows.texts(box().open(owner, sealed)));
  }

  byte[] seal(Connection connection, Map<String, String> credentials) {
    return box().seal(connection.owner(), rows.write(credentials));
  }
}
