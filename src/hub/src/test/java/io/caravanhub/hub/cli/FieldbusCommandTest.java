package io.caravanhub.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FieldbusCommandTest {
  @TempDir Path folder;
  private final StringWriter said = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new FieldbusCommand())
        .setOut(new PrintWriter(said))
        .setErr(new PrintWriter(said))
        .execute(arguments);
  }

  @Test
  void importsTagsIntoAMapAndOnlyTellsInADryRun() throws Exception {
    Path tags = Files.writeString(folder.resolve("t.csv"), "metric,address,type\na,1,int16\n");
    Path map = folder.resolve("acme/m.modbus.yaml");
    assertThat(run("import", tags.toString(), "--into", map.toString(), "--dry-run")).isZero();
    assertThat(map).doesNotExist();
    assertThat(run("import", tags.toString(), "--into", map.toString())).isZero();
    assertThat(map)
        .hasContent("protocol: modbus-tcp\npoints:\n  - {metric: a, address: 1, type: int16}\n");
    assertThat(run("import", tags.toString(), "--into", map.toString())).isEqualTo(1);
    assertThat(said.toString()).contains("the map has it already");
    assertThat(run("import", tags.toString(), "--into", map.toString(), "--conflict", "often"))
        .isEqualTo(2);
    assertThat(said.toString())
        .contains("--conflict: expected skip, overwrite, rename, fail or merge, got often");
  }

  @Test
  void saysWhatIsWrongWithADeviceToDiscover() {
    assertThat(run("discover", "modbus-tcp://127.0.0.1:1")).isEqualTo(1);
    assertThat(run("discover", "opcua://127.0.0.1:1")).isEqualTo(2);
    assertThat(said.toString())
        .contains("127.0.0.1:1: ")
        .contains("only Modbus devices have SunSpec models");
  }
}
