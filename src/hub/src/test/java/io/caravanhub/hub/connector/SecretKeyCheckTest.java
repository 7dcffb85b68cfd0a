package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.settings.SettingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

class SecretKeyCheckTest {
  private static final String OURS = key('o');
  private static final String NEXT = key('n');
  private static final String THEIRS = key('t');

  private static HikariDataSource app;
  private static JdbcClient owner;
  private static SecretKeyCheck check;

  private static String key(char filled) {
    return Base64.getEncoder()
        .encodeToString(String.valueOf(filled).repeat(32).getBytes(StandardCharsets.UTF_8));
  }

  @BeforeAll
  static void connect() {
    HikariConfig config = new HikariConfig();
    DataSource database = TestDatabase.server().database(TestDatabase.server().createMigrated());
    owner = JdbcClient.create(database);
    config.setDataSource(database);
    config.setConnectionInitSql("set role hub_app");
    config.setMaximumPoolSize(4);
    app = new HikariDataSource(config);
    check = new SecretKeyCheck(JdbcClient.create(app), new JdbcTransactionManager(app));
  }

  @AfterAll
  static void close() {
    app.close();
  }

  @BeforeEach
  void forget() {
    owner.sql("delete from secret_key").update();
  }

  @Test
  void aHubWithAnotherKeyIsToldTheSettingAndTheWayOutAndSealsNothing(@TempDir Path home) {
    check.require(SecretBox.of(OURS), "it");
    check.require(SecretBox.of(OURS), "it");
    ConnectionSecrets other = new ConnectionSecrets(null, home, THEIRS, key -> key, check::require);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(other::box)
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith(
              "HUB_SECRET_KEY: it is not the key that hubs seal credentials with on this database")
          .hasMessageContaining("give this hub theirs")
          .hasMessageContaining("delete from secret_key")
          .hasMessageNotContaining(OURS)
          .hasMessageNotContaining(THEIRS);
    }
    ConnectionSecrets withFile = new ConnectionSecrets(null, home, "", key -> key, check::require);
    assertThatThrownBy(withFile::afterSingletonsInstantiated)
        .hasMessageStartingWith(
            "HUB_SECRET_KEY: it is not set, and what is in " + home.resolve("connections.key"));
    check.require(SecretBox.of(OURS), "it");
  }

  @Test
  void aNewKeyBeforeTheOldOneTakesItsPlaceWhateverTheOrderOfTheHubs() {
    check.require(SecretBox.of(OURS), "it");
    // Each hub learns to open with the new one first, then to seal with it.
    check.require(SecretBox.of(OURS + "," + NEXT), "it");
    check.require(SecretBox.of(NEXT + "," + OURS), "it");
    check.require(SecretBox.of(OURS + "," + NEXT), "it");
    check.require(SecretBox.of(NEXT + "," + OURS), "it");
    check.require(SecretBox.of(NEXT), "it");
    assertThatThrownBy(() -> check.require(SecretBox.of(OURS), "it"))
        .isInstanceOf(SettingException.class);
  }

  @Test
  void ofHubsThatStartAtOnceWithDifferentKeysOneStays() throws Exception {
    ExecutorService hubs = Executors.newFixedThreadPool(4);
    try {
      List<Callable<String>> starts = new ArrayList<>();
      for (String key : List.of(OURS, NEXT, THEIRS, OURS)) {
        starts.add(
            () -> {
              check.require(SecretBox.of(key), "it");
              return key;
            });
      }
      List<String> up = new ArrayList<>();
      for (Future<String> start : hubs.invokeAll(starts)) {
        try {
          up.add(start.get());
        } catch (ExecutionException e) {
          assertThat(e.getCause()).isInstanceOf(SettingException.class);
        }
      }
      assertThat(up).isNotEmpty().containsOnly(up.get(0));
    } finally {
      hubs.shutdownNow();
    }
  }

  @Test
  void whatIsKeptTellsNothingOfTheKey() {
    check.require(SecretBox.of(OURS), "it");
    byte[] kept = owner.sql("select key_check from secret_key").query(byte[].class).single();
    assertThat(kept).hasSize(32).isNotEqualTo(Base64.getDecoder().decode(OURS));
    assertThat(HexFormat.of().formatHex(kept))
        .as("not even what envelopes say of it")
        .doesNotContain(HexFormat.of().formatHex(SecretBox.of(OURS).keyName()));
  }
}
