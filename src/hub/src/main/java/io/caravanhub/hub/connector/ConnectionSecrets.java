package io.caravanhub.hub.connector;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Opens and seals the credentials of connections, with a key that is looked at before it is used:
 * at the start of the hub, or once Camel can fill its place. Thread-safe.
 */
@Component
class ConnectionSecrets implements SmartInitializingSingleton {
  private final ConnectionRows rows;
  private final Path file;
  private final String key;
  private final UnaryOperator<String> places;
  private final BiConsumer<SecretBox, String> check;
  private volatile @Nullable SecretBox box;

  @Autowired
  ConnectionSecrets(
      ConnectionRows rows,
      @Value("${hub.home}") Path home,
      @Value("${hub.secret.key:}") String key,
      @Lazy CamelContext context,
      SecretKeyCheck check) {
    this(rows, home, key, context::resolvePropertyPlaceholders, check::require);
  }

  /**
   * With a key.
   *
   * @param key in base64, several with commas between, or a place such as {@code {{file:/run/key}}}
   *     that Camel fills, from a vault too; empty for the one in the hub's home
   * @param check fails for a key that is not to be used; told where it is from
   */
  ConnectionSecrets(
      ConnectionRows rows,
      Path home,
      String key,
      UnaryOperator<String> places,
      BiConsumer<SecretBox, String> check) {
    this.rows = rows;
    this.file = home.resolve("connections.key");
    this.key = key;
    this.places = places;
    this.check = check;
  }

  @Override
  public void afterSingletonsInstantiated() {
    if (!isPlace()) {
      box();
    }
  }

  /** A place is filled once Camel runs. */
  @EventListener
  void started(ApplicationReadyEvent event) {
    box();
  }

  private boolean isPlace() {
    return key.contains("{{");
  }

  /** The box of the key in force, which a vault may have given. */
  SecretBox box() {
    SecretBox made = box;
    if (made == null) {
      String filled = isPlace() ? places.apply(key) : key;
      made = SecretBox.of(filled.isBlank() ? SecretKeyFile.read(file) : filled);
      check.accept(made, filled.isBlank() ? "it is not set, and what is in " + file : "it");
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
