package io.caravanhub.hub.connector;

import io.caravanhub.hub.settings.SettingException;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps hubs with different keys from one database: what one seals the other could not open. The
 * first hub leaves a check of its key there. One that has that key and another before it makes the
 * other the key in force. Thread-safe.
 */
@Component
class SecretKeyCheck {
  private static final Logger LOG = LoggerFactory.getLogger(SecretKeyCheck.class);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  private record InForce(byte[] check, Instant since) {}

  SecretKeyCheck(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * Lets a box pass that can open what other hubs seal.
   *
   * @param origin where its keys are from, for the message
   * @throws SettingException when it cannot; nothing was sealed then
   */
  void require(SecretBox box, String origin) {
    transaction.executeWithoutResult(status -> look(box, origin));
  }

  private void look(SecretBox box, String origin) {
    byte[] own = box.keyCheck();
    jdbc.sql("insert into secret_key (key_check) values (?) on conflict do nothing")
        .param(own)
        .update();
    InForce inForce =
        jdbc.sql("select key_check, since from secret_key for update")
            .query(
                (row, n) ->
                    new InForce(row.getBytes(1), row.getObject(2, Timestamp.class).toInstant()))
            .single();
    if (MessageDigest.isEqual(inForce.check, own)) {
      return;
    }
    if (!box.hasKeyOf(inForce.check)) {
      throw new SettingException(
          "HUB_SECRET_KEY",
          "%s is not the key that hubs seal credentials with on this database (since %s); give this hub theirs, which is their HUB_SECRET_KEY or their HUB_HOME/connections.key; where that is lost: delete from secret_key, start again and enter the credentials anew"
              .formatted(origin, inForce.since.truncatedTo(ChronoUnit.SECONDS)));
    }
    jdbc.sql("update secret_key set key_check = ?, since = now()").param(own).update();
    LOG.info("Another key seals credentials from now on: the first of HUB_SECRET_KEY");
  }
}
