package io.caravanhub.hub.notify;

import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SecretException;
import io.caravanhub.hub.database.TenantScope;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Seals with the hub's first key what an older one has sealed, and drops what is long over. Several
 * hubs do not disturb each other. Thread-safe.
 */
@Component("notifyUpkeep")
public class NotifyUpkeep {
  private static final Logger LOG = LoggerFactory.getLogger(NotifyUpkeep.class);
  private static final int MOST = 10_000;

  private final JdbcClient jdbc;
  private final ConnectionSettings settings;
  private final ChannelRows channels;
  private final SubscriptionRows subscriptions;
  private final TransactionTemplate transaction;
  private final int keepDays;

  private record Sealed(String tenant, UUID id) {}

  NotifyUpkeep(
      JdbcClient jdbc,
      ConnectionSettings settings,
      ChannelRows channels,
      SubscriptionRows subscriptions,
      PlatformTransactionManager transactions,
      @Value("${hub.notify.keep-days:90}") int keepDays) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.channels = channels;
    this.subscriptions = subscriptions;
    this.transaction = new TransactionTemplate(transactions);
    this.keepDays = keepDays;
  }

  /** Seals anew and returns how many were; what no key opens stays. */
  public int reseal() {
    List<Sealed> others =
        jdbc.sql("select * from notify_sealed_with_other_keys(?, ?)")
            .params(settings.keyName(), MOST)
            .query((row, n) -> new Sealed(row.getString(1), row.getObject(2, UUID.class)))
            .list();
    int done = 0;
    for (Sealed one : others) {
      done += TenantScope.call(one.tenant(), () -> reseal(one.id())) ? 1 : 0;
    }
    if (done > 0) {
      LOG.info("the credentials of {} channels are sealed with the hub's new key now", done);
    }
    return done;
  }

  private boolean reseal(UUID id) {
    try {
      return Boolean.TRUE.equals(transaction.execute(status -> channel(id) || subscription(id)));
    } catch (SecretException e) {
      return false;
    }
  }

  private boolean channel(UUID id) {
    // Nobody may save other credentials between opening and sealing.
    jdbc.sql("select 1 from notification_channels where id = ? for update")
        .params(id)
        .query(Integer.class)
        .optional();
    Channel channel = channels.find(id).orElse(null);
    byte[] sealed =
        channel == null
            ? null
            : settings.seal(channel.owner(), settings.open(channel.owner(), channel.credentials()));
    if (sealed != null) {
      channels.credentials(id, sealed);
    }
    return sealed != null;
  }

  private boolean subscription(UUID id) {
    jdbc.sql("select 1 from webhook_subscriptions where id = ? for update")
        .params(id)
        .query(Integer.class)
        .optional();
    Subscription subscription = subscriptions.find(id).orElse(null);
    byte[] sealed =
        subscription == null
            ? null
            : settings.seal(
                subscription.owner(),
                settings.open(subscription.owner(), subscription.credentials()));
    if (sealed != null) {
      subscriptions.credentials(id, sealed);
    }
    return sealed != null;
  }

  /** Drops messages of every tenant that have been over for as long as they are kept. */
  public void drop() {
    for (String tenant :
        jdbc.sql("select tenants_with_old_messages(?)")
            .param(keepDays)
            .query(String.class)
            .list()) {
      TenantScope.run(tenant, this::dropOfTenant);
    }
  }

  private void dropOfTenant() {
    jdbc.sql(
            "delete from messages where state in ('SENT', 'DEAD', 'SUPPRESSED') and created_at < now() - ? * interval '1 day'")
        .params(keepDays)
        .update();
    jdbc.sql("delete from inbox where created_at < now() - ? * interval '1 day'")
        .params(keepDays)
        .update();
    jdbc.sql("delete from escalations where ended_at < now() - ? * interval '1 day'")
        .params(keepDays)
        .update();
  }
}
