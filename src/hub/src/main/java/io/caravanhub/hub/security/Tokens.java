package io.caravanhub.hub.security;

import io.caravanhub.hub.database.TenantScope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Issues and checks tokens. Only their SHA-256 is kept; a checked token is remembered for two
 * seconds, one that does not exist for a minute (none ever begins to exist later, for they are
 * random), and whoever keeps guessing new ones is not looked up at all for a while. Thread-safe.
 */
@Component
public class Tokens {
  /** Under which revocations are announced to other hubs. */
  public static final String TOPIC = "hub_tokens";

  private static final long REMEMBERED_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long LAST_KNOWN_NANOS = Duration.ofHours(1).toNanos();
  private static final int REMEMBERED_MAX = 50_000;

  private final String me = UUID.randomUUID().toString();
  private final JdbcClient jdbc;
  private final SecureRandom random = new SecureRandom();
  private final Guesses guesses = new Guesses();
  private final List<RevocationListener> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final AtomicLong revocations = new AtomicLong();

  public Tokens(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record Known(HubPrincipal principal, long until) {}

  /** Makes a token for a subject and returns it, the only time it can be seen. */
  public String issue(String tenant, String role, String subject) {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    String token = "ch_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    TenantScope.run(
        tenant,
        () ->
            jdbc.sql("insert into tokens (hash, tenant_id, role, subject) values (?, ?, ?, ?)")
                .params(hash(token), tenant, role, subject)
                .update());
    return token;
  }

  /**
   * Revokes every token of a subject; what is remembered of it is forgotten at once and again after
   * the commit.
   */
  public void revoke(String tenant, String subject) {
    try {
      // One statement: there is no revocation that other hubs do not hear of.
      TenantScope.run(
          tenant,
          () ->
              jdbc.sql(
                      """
                      with revoked as (
                        update tokens set revoked_at = now() where subject = ? and revoked_at is null returning 1)
                      select announce_change(?, ?)\
                      """)
                  .params(subject, TOPIC, announcement(tenant, subject))
                  .query(row -> {}));
    } finally {
      // Whether it came through may be unknown: sessions that end needlessly begin again.
      ended(tenant, subject);
    }
  }

  /** Whoever wants to know when a subject's rights have ended. */
  public void onRevocation(RevocationListener listener) {
    listeners.add(listener);
  }

  /**
   * Forgets what is remembered of the subject and tells the listeners, after the commit when there
   * is a transaction: its sessions end, whatever they logged in with.
   */
  public void announce(String tenant, String subject) {
    try {
      jdbc.sql("select announce_change(?, ?)")
          .params(TOPIC, announcement(tenant, subject))
          .query(row -> {});
    } finally {
      ended(tenant, subject);
    }
  }

  private String announcement(String tenant, String subject) {
    return String.join("\t", tenant, subject, me);
  }

  private void ended(String tenant, String subject) {
    forget(tenant, subject);
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      tell(tenant, subject);
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            forget(tenant, subject);
            tell(tenant, subject);
          }
        });
  }

  /** What another hub has announced: a tenant, a subject and the hub, with tabs between. */
  public void heard(String announced) {
    String[] parts = announced.split("\t", 3);
    if (!parts[2].equals(me)) {
      forget(parts[0], parts[1]);
      tell(parts[0], parts[1]);
    }
  }

  /** Forgets whatever is remembered of tokens. */
  public void forget() {
    revocations.incrementAndGet();
    known.clear();
  }

  private void tell(String tenant, String subject) {
    listeners.forEach(listener -> listener.revoked(tenant, subject));
  }

  private void forget(String tenant, String subject) {
    revocations.incrementAndGet();
    known
        .values()
        .removeIf(
            k -> k.principal().subject().equals(subject) && k.principal().tenant().equals(tenant));
  }

  /** The caller that this token stands for, or empty when it is unknown or revoked. */
  public Optional<HubPrincipal> authenticate(String token) {
    return authenticate(token, "");
  }

  /**
   * As {@link #authenticate(String)}.
   *
   * @param from address of whoever shows it; who guesses is only known by it
   */
  public Optional<HubPrincipal> authenticate(String token, String from) {
    if (token.length() < 16 || token.length() > 200) {
      return Optional.empty();
    }
    return byKey(key(token), from);
  }

  /** Under which a session may keep a token, which cannot be got back from it. */
  public static String key(String token) {
    return HexFormat.of().formatHex(hash(token));
  }

  /** The caller whose token has this {@link #key}, or empty when it has been revoked. */
  public Optional<HubPrincipal> byKey(String key, String from) {
    Known remembered = known.get(key);
    if (remembered != null && remembered.until() - System.nanoTime() > 0) {
      return Optional.of(remembered.principal());
    }
    if (guesses.isKnownWrong(key) || guesses.isTooMany(from)) {
      return Optional.empty();
    }
    long asked = revocations.get();
    Optional<HubPrincipal> found =
        jdbc.sql("select tenant_id, role, subject from authenticate(?)")
            .params(HexFormat.of().parseHex(key))
            .query(
                (row, n) -> new HubPrincipal(row.getString(1), row.getString(2), row.getString(3)))
            .optional();
    if (known.size() > REMEMBERED_MAX) {
      known.clear();
    }
    found.ifPresentOrElse(
        p -> known.put(key, new Known(p, System.nanoTime() + REMEMBERED_NANOS)),
        () -> {
          known.remove(key);
          guesses.wrong(key, from);
        });
    if (asked != revocations.get()) {
      known.remove(key);
    }
    return found;
  }

  /**
   * The caller that this token stood for when it was last looked up, if that was within the hour
   * and nothing is known of a revocation since: for what tells how a hub is while the database
   * cannot be asked. What other hubs revoke meanwhile is not known.
   *
   * @param now {@link System#nanoTime()}
   */
  Optional<HubPrincipal> lastKnown(String token, long now) {
    Known last = known.get(key(token));
    return last != null && now - last.until() < LAST_KNOWN_NANOS
        ? Optional.of(last.principal())
        : Optional.empty();
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
