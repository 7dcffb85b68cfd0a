package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFoldersTest {
  @TempDir Path home;

  @Test
  void aPasswordIsReadFromASmallFileBelowTheSecretsAndFromNowhereElse() throws Exception {
    Path secrets = Files.createDirectory(home.resolve("secrets"));
    Files.writeString(secrets.resolve("plc"), "s3cret\n");
    Files.writeString(secrets.resolve("large"), "x".repeat(4097));
    Path outside = Files.writeString(home.resolve("hub.key"), "the hub's own");
    Files.createSymbolicLink(secrets.resolve("link"), outside);
    KeyFolders keys = new KeyFolders(home, secrets);

    assertThat(keys.password("plc")).isEqualTo("s3cret");
    assertThat(keys.password(secrets.resolve("plc").toString())).isEqualTo("s3cret");
    for (String file :
        List.of("../hub.key", outside.toString(), "link", "large", ".", "none", "/dev/zero")) {
      assertThatThrownBy(() -> keys.password(file))
          .hasMessage(
              "options.passwordFile: expected a file of at most 4096 bytes below "
                  + secrets
                  + ", got "
                  + file);
    }
    assertThat(new KeyFolders(home, null).password(outside.toString())).isEqualTo("the hub's own");
    assertThatThrownBy(() -> new KeyFolders(home, null).password("/dev/zero"))
        .hasMessageContaining("expected a file of at most 4096 bytes, got /dev/zero");
  }

  @Test
  void aUnitIsAWholeNumber() throws Exception {
    ObjectMapper json = new ObjectMapper();
    assertThat(FieldbusOptions.unit(json.readTree("{}"))).isEqualTo(1);
    assertThat(FieldbusOptions.unit(json.readTree("{\"unit\": 0}"))).isZero();
    for (String wrong : List.of("300", "-1", "\"three\"", "1.5")) {
      assertThatThrownBy(() -> FieldbusOptions.unit(json.readTree("{\"unit\": " + wrong + "}")))
          .hasMessage("unit: expected 0 to 255, got " + wrong);
    }
  }
}
