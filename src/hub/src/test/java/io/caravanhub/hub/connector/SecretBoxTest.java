package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretBoxTest {
  private static final String OLD = key('o');
  private static final String NEW = key('n');
  private final SecretBox box = SecretBox.of(OLD);

  private static String key(char filled) {
    return Base64.getEncoder()
        .encodeToString(String.valueOf(filled).repeat(32).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void opensWhatItSealedAndNeverSealsTwiceAlike() {
    byte[] one = box.seal("t/1", "pässword");
    assertThat(box.open("t/1", one)).isEqualTo("pässword");
    assertThat(box.seal("t/1", "pässword")).isNotEqualTo(one);
    assertThat(new String(one, StandardCharsets.ISO_8859_1)).doesNotContain("ssword");
  }

  @Test
  void signsWithTheFirstKeyForOnePurposeAndKnowsWhatAnyHasSigned() {
    byte[] old = box.sign("cookies", "id");
    SecretBox both = SecretBox.of(NEW + "," + OLD);
    assertThat(both.isSigned("cookies", "id", old)).isTrue();
    assertThat(both.sign("cookies", "id")).isNotEqualTo(old);
    assertThat(box.isSigned("cookies", "id", both.sign("cookies", "id"))).isFalse();
    assertThat(box.isSigned("cookies", "di", old)).isFalse();
    assertThat(box.isSigned("other", "id", old)).isFalse();
  }

  @Test
  void opensNothingThatWasChangedOrBelongsToAnotherRow() {
    byte[] sealed = box.seal("t/1", "secret");
    assertThatThrownBy(() -> box.open("t/2", sealed)).isInstanceOf(SecretException.class);
    for (int at = 0; at < sealed.length; at++) {
      byte[] changed = sealed.clone();
      changed[at] ^= 1;
      assertThatThrownBy(() -> box.open("t/1", changed)).isInstanceOf(SecretException.class);
    }
  }

  @Test
  void aNewKeyBeforeTheOldOneOpensWhatTheOldOneSealed() {
    byte[] sealed = box.seal("t/1", "secret");
    assertThat(SecretBox.of(NEW + "," + OLD).open("t/1", sealed)).isEqualTo("secret");
    assertThatThrownBy(() -> SecretBox.of(NEW).open("t/1", sealed))
        .hasMessageContaining("another key");
  }

  @Test
  void aKeyThatIsNoneIsRefusedWithAWayOut() {
    assertThatThrownBy(() -> SecretBox.of("c2hvcnQ="))
        .hasMessage(
            "HUB_SECRET_KEY: expected 32 bytes in base64, such as openssl rand -base64 32 gives");
  }

  @Test
  void theKeyFileIsItsOwnersAloneAndStays(@TempDir Path home) throws Exception {
    Path file = home.resolve("connections.key");
    String key = SecretKeyFile.read(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(SecretKeyFile.read(file)).isEqualTo(key);
    assertThat(SecretBox.of(key).open("x", SecretBox.of(key).seal("x", "y"))).isEqualTo("y");
  }

  @Test
  void whoeverReadsTheKeyFileWhileItIsMadeReadsTheWholeKey(@TempDir Path home) throws Exception {
    ExecutorService hubs = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 50; round++) {
        Path file = home.resolve("connections.key." + round);
        List<Callable<String>> reads = Collections.nCopies(4, () -> SecretKeyFile.read(file));
        Set<String> keys = new TreeSet<>();
        for (Future<String> read : hubs.invokeAll(reads)) {
          keys.add(read.get());
        }
        assertThat(keys).hasSize(1).allSatisfy(key -> assertThat(key).hasSize(44));
      }
    } finally {
      hubs.shutdownNow();
    }
    try (Stream<Path> files = Files.list(home)) {
      assertThat(files).as("nothing is left beside").hasSize(50);
    }
  }
}
