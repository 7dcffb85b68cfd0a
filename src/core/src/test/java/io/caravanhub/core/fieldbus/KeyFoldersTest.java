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
    Path all = home.resolve("secrets");
    Path secrets = Files.createDirectories(all.resolve("acme"));
    Path others = Files.createDirectory(all.resolve("other")).resolve("plc");
    Files.writeString(others, "another tenant's");
    Files.writeString(secrets.resolve("plc"), "s3cret\n");
    Files.writeString(secrets.resolve("large"), "x".repeat(4097));
    Path outside = Files.writeString(home.resolve("hub.key"), "the hub's own");
    Files.createSymbolicLink(secrets.resolve("link"), outside);
    KeyFolders keys = new KeyFolders(home, all);

    assertThat(keys.password("acme", "plc")).isEqualTo("s3cret");
    assertThat(keys.password("acme", secrets.resolve("plc").toString())).isEqualTo("s3cret");
    for (String file :
        List.of(
            "../../hub.key",
            "../other/plc",
            others.toString(),
            outside.toString(),
            "link",
            "large",
            ".",
            "none",
            "/dev/zero")) {
      assertThatThrownBy(() -> keys.password("acme", file))
          .hasMessage(
              "options.passwordFile: expected a file of at most 4096 bytes below "
                  + secrets
                  + ", got "
                  + file);
    }
    for (String tenant : List.of("", ".", "..", "a/b", "/")) {
      assertThatThrownBy(() -> keys.password(tenant, "plc")).hasMessageContaining("tenant");
    }
    assertThat(new KeyFolders(home, null).password("acme", outside.toString()))
        .isEqualTo("the hub's own");
    assertThatThrownBy(() -> new KeyFolders(home, null).password("acme", "/dev/zero"))
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
