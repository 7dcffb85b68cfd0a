package io.caravanhub.hub.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/** Proofs in memory, of one process since its start. Thread-safe. */
final class RememberedProofs implements WebhookProofs {
  private final Cache<String, Instant> known =
      Caffeine.newBuilder()
          .maximumSize(100_000)
          .expireAfter(
              Expiry.<String, Instant>writing(
                  (name, until) -> Duration.between(Instant.now(), until)))
          .build();

  @Override
  public boolean knows(String tenant, String oem, byte[] digest) {
    Instant until = known.getIfPresent(name(tenant, oem, digest));
    return until != null && until.isAfter(Instant.now());
  }

  @Override
  public void keep(String tenant, String oem, byte[] digest, Instant until) {
    known.put(name(tenant, oem, digest), until);
  }

  private static String name(String tenant, String oem, byte[] digest) {
    return tenant + "/" + oem + "/" + HexFormat.of().formatHex(digest);
  }
}
