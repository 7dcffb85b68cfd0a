package io.caravanhub.hub.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.caravanhub.core.fsm.FsmProduct.Callback;
import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.SignatureException;
import io.caravanhub.core.webhook.WebhookScheme;
import io.caravanhub.hub.database.TenantScope;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Words of products that an order has changed. They are hints and nothing more: the signature is
 * checked, what was said before is told apart, and the order is read from the product. Thread-safe.
 */
@Component("fsmCallback")
public class FsmCallback {
  private static final Pattern PATH =
      Pattern.compile("/hooks/([A-Za-z0-9_-]{1,64})/fsm/([a-z0-9-]{1,64})");
  private static final int LARGEST = 256 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final FsmLines lines;
  private final FsmConnectionRows rows;

  FsmCallback(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      FsmLines lines,
      FsmConnectionRows rows) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.lines = lines;
    this.rows = rows;
  }

  /** Leaves the status of the answer: 202, or 401, 404, 413. */
  public void take(Exchange exchange) throws IOException {
    Message message = exchange.getMessage();
    Matcher path = PATH.matcher(message.getHeader(Exchange.HTTP_URI, "", String.class));
    int status = 404;
    if (path.matches()) {
      InputStream stream = message.getBody(InputStream.class);
      byte[] body = stream == null ? new byte[0] : stream.readNBytes(LARGEST + 1);
      UnaryOperator<String> header =
          name -> {
            String value = message.getHeader(name, String.class);
            return value == null ? "" : value.strip();
          };
      String tenant = path.group(1);
      status =
          body.length > LARGEST
              ? 413
              : TenantScope.call(tenant, () -> taken(tenant, path.group(2), header, body));
    }
    message.removeHeaders("*");
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    message.setBody(null);
  }

  private int taken(String tenant, String product, UnaryOperator<String> header, byte[] body) {
    FsmLine line = lines.line(tenant).filter(l -> l.adapter().name().equals(product)).orElse(null);
    Callback callback = line == null ? null : line.product().callback();
    WebhookScheme scheme = line == null ? null : line.adapter().callbackScheme();
    String secret = callback == null || line == null ? null : line.setting(callback.secret());
    // Who has no connection is answered like who has signed wrongly.
    if (line == null || callback == null || scheme == null || secret == null) {
      return 401;
    }
    try {
      SignatureCheck.require(scheme, List.of(secret), header, body, Instant.now());
    } catch (SignatureException e) {
      return 401;
    }
    UUID id = line.connection().id();
    String delivery = callback.delivery() == null ? "" : header.apply(callback.delivery());
    // Both or neither: a word that was noted and led to nothing would not be taken again.
    transaction.executeWithoutResult(
        status -> {
          if (id == null || rows.isNew(id, delivery.isEmpty() ? digest(body) : delivery)) {
            hint(id, callback, json(body));
          }
        });
    return 202;
  }

  /** Forgets the words of which no product tells again. */
  public void forgetOld() {
    jdbc.sql("select forget_fsm_callbacks()").query(Integer.class).single();
  }

  /** The order is read next; a word about an order that is not known is a reason to ask for all. */
  private void hint(@Nullable UUID connection, Callback callback, JsonNode body) {
    int hinted =
        jdbc.sql(
                """
                update actions set next_attempt_at = now()
                 where state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')
                   and connection_id is not distinct from cast(:connection as uuid)
                   and (fsm_id = :order or external_identifier = :external)
                """)
            .param("connection", connection)
            .param("order", text(body, callback.order()))
            .param("external", text(body, callback.external()))
            .update();
    if (hinted == 0 && connection != null) {
      rows.pollNow(connection);
    }
  }

  private static String text(JsonNode body, @Nullable String pointer) {
    return pointer == null ? "" : body.at(pointer).asText("");
  }

  private static JsonNode json(byte[] body) {
    try {
      JsonNode read = JSON.readTree(body);
      return read == null ? MissingNode.getInstance() : read;
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
