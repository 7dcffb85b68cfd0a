package io.caravanhub.hub.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Acting;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** What tokens cost, good and wrong ones. */
class TokensTest {
  private final AtomicInteger lookUps = new AtomicInteger();
  private final Tokens tokens =
      new Tokens(
          JdbcClient.create(
              new DelegatingDataSource(new Acting().dataSource) {
                @Override
                public Connection getConnection() throws SQLException {
                  lookUps.incrementAndGet();
                  return super.getConnection();
                }
              }));
  private final String tenant = TestDatabase.tenant();
  private final String good = tokens.issue(tenant, "viewer", "somebody");

  @Test
  void aTokenThatDoesNotExistIsLookedUpOnce() {
    String wrong = wrong();
    int before = lookUps.get();
    for (int i = 0; i < 50; i++) {
      assertThat(tokens.authenticate(wrong, "192.0.2.1")).isEmpty();
    }
    assertThat(lookUps.get() - before).isEqualTo(1);
  }

  @Test
  void whoeverGuessesIsNotLookedUpAnyMoreAndOthersAre() {
    int before = lookUps.get();
    for (int i = 0; i < Guesses.MOST + 50; i++) {
      assertThat(tokens.authenticate(wrong(), "192.0.2.1")).isEmpty();
    }
    assertThat(lookUps.get() - before).isEqualTo(Guesses.MOST);
    assertThat(tokens.authenticate(good, "192.0.2.1")).isEmpty();
    assertThat(tokens.authenticate(good, "192.0.2.2")).isPresent();
    assertThat(tokens.authenticate(good, "192.0.2.1")).as("remembered as good").isPresent();
  }

  @Test
  void aRevokedTokenIsToldToTheListenersAndRefused() {
    List<String> heard = new ArrayList<>();
    tokens.onRevocation((of, subject) -> heard.add(of + " " + subject));
    assertThat(tokens.authenticate(good)).isPresent();

    tokens.revoke(tenant, "somebody");

    assertThat(tokens.authenticate(good)).isEmpty();
    assertThat(tokens.byKey(Tokens.key(good), "")).isEmpty();
    assertThat(heard).containsExactly(tenant + " somebody");
  }

  @Test
  void whoWasKnownIsRememberedForAnHourUnlessRevoked() {
    long now = System.nanoTime();
    assertThat(tokens.lastKnown(good, now)).as("never asked for").isEmpty();
    assertThat(tokens.authenticate(good)).isPresent();

    assertThat(tokens.lastKnown(good, now + Duration.ofMinutes(59).toNanos())).isPresent();
    assertThat(tokens.lastKnown(good, now + Duration.ofMinutes(61).toNanos())).isEmpty();
    tokens.revoke(tenant, "somebody");
    assertThat(tokens.lastKnown(good, now)).isEmpty();
  }

  private static String wrong() {
    return "ch_" + RunningHub.unique("wrong-token");
  }
}
