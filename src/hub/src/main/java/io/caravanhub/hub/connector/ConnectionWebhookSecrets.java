package io.caravanhub.hub.connector;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.caravanhub.core.webhook.AddressList;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.webhook.FileWebhookSecrets;
import io.caravanhub.hub.webhook.WebhookSecrets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The secrets of webhook connections, and those of the file {@code webhooks.properties}. Remembered
 * for two seconds, so that a rotated one counts at once for people. Thread-safe.
 */
@Component
class ConnectionWebhookSecrets implements WebhookSecrets {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionWebhookSecrets.class);

  private final FileWebhookSecrets file;
  private final ConnectionRows rows;
  private final ConnectionSecrets secrets;
  private final LoadingCache<Whose, List<Sender>> known =
      Caffeine.newBuilder()
          .maximumSize(10_000)
          .expireAfterWrite(Duration.ofSeconds(2))
          .build(this::load);

  private record Whose(String tenant, String oem) {}

  ConnectionWebhookSecrets(
      ConnectionRows rows, ConnectionSecrets secrets, @Value("${hub.home}") Path home) {
    this.rows = rows;
    this.secrets = secrets;
    this.file = new FileWebhookSecrets(home.resolve("webhooks.properties"));
  }

  @Override
  public List<String> find(String tenant, String oem) {
    return senders(tenant, oem).stream().flatMap(sender -> sender.secrets().stream()).toList();
  }

  @Override
  public List<Sender> senders(String tenant, String oem) {
    return known.get(new Whose(tenant, oem));
  }

  private List<Sender> load(Whose whose) {
    List<Sender> found = new ArrayList<>();
    List<String> written = file.find(whose.tenant, whose.oem);
    if (!written.isEmpty()) {
      found.add(new Sender(written, AddressList.EMPTY));
    }
    for (Connection connection : TenantScope.call(whose.tenant, () -> rows.enabled(whose.oem))) {
      found.add(sender(connection));
    }
    return found;
  }

  /** Locked when its secret does not open: what it has sealed is not gone, only this hub's key. */
  private Sender sender(Connection connection) {
    AddressList addresses = AddressList.EMPTY;
    try {
      addresses = AddressList.of(connection.settings().getOrDefault("allowed_addresses", ""));
      String secret = secrets.open(connection).getOrDefault("secret", "");
      return new Sender(
          Arrays.stream(secret.split("\\s+")).filter(s -> !s.isEmpty()).toList(), addresses);
    } catch (RuntimeException e) {
      // Of the envelope, the hub's key, or the place or file that the key is read from.
      LOG.warn("connection {}: webhooks are answered 503: {}", connection.name(), e.getMessage());
      return new Sender(List.of(), addresses, true);
    }
  }
}
