package io.caravanhub.sim.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir private Path folder;

  @Test
  void entriesAreThereAgainWhenItIsOpenedAgain() throws Exception {
    Path file = folder.resolve("new/fsm.jsonl");
    try (Ledger ledger = new Ledger(file)) {
      ledger.append(entry(1));
      ledger.append(entry(2));
    }

    try (Ledger ledger = new Ledger(file)) {
      assertThat(ledger.entries()).containsExactly(entry(1), entry(2));
    }
  }

  @Test
  void aLineTornByACrashIsCutOff() throws Exception {
    Path file = folder.resolve("fsm.jsonl");
    Files.writeString(file, "{\"n\":1}\n{\"n\":2");

    try (Ledger ledger = new Ledger(file)) {
      assertThat(ledger.entries()).containsExactly(entry(1));
      ledger.append(entry(3));
    }
    assertThat(Files.readString(file)).isEqualTo("{\"n\":1}\n{\"n\":3}\n");
  }

  private static ObjectNode entry(int n) {
    return new ObjectMapper().createObjectNode().put("n", n);
  }
}
