package io.caravanhub.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./hub mapping export}, {@code import} and {@code diff} beside a running hub. */
class MappingCommandsTest {
  @TempDir Path folder;

  private final RunningHub hub = RunningHub.get();
  private final HubClient client = new HubClient(hub.uri("/"), hub.home().resolve("admin.token"));
  private final String name = "acme/" + RunningHub.unique("cli");
  private String said = "";

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("acme"));
    Files.writeString(file(), "{\"metrics\": {\"flow\": f}}\n");
  }

  @Test
  void whatWasImportedAndExportedIsTheSame() throws IOException {
    assertThat(run(new MappingCompare(() -> client), name, "--folder", folder.toString())).isOne();
    assertThat(said).contains("+++ " + name + ".jsonata (file)", "+{\"metrics\"");

    assertThat(run(new MappingImport(() -> client), name, "--from", folder.toString(), "--publish"))
        .isZero();
    assertThat(said).contains("version 1 is in force");
    assertThat(run(new MappingCompare(() -> client), name, "--folder", folder.toString())).isZero();
    assertThat(said).isEmpty();

    Path out = folder.resolve("out");
    assertThat(run(new MappingExport(() -> client), name, "--to", out.toString())).isZero();
    assertThat(Files.readString(out.resolve(name + ".jsonata")))
        .isEqualTo(Files.readString(file()));
  }

  @Test
  void aFileIsADraftUntilItIsPublished() {
    assertThat(run(new MappingImport(() -> client), name, "--from", folder.toString())).isZero();
    assertThat(said).contains("saved as a draft");
    assertThat(hub.get("/api/v1/mappings/" + name.replace('/', ':'), hub.admin()).text("status"))
        .isEqualTo("draft");
  }

  @Test
  void aFileThatDoesNotCompileIsNotSentAndItsPlaceIsTold() throws IOException {
    Files.writeString(file(), "{\n  \"metrics\": (1 +\n}");

    assertThat(run(new MappingImport(() -> client), name, "--from", folder.toString())).isOne();
    assertThat(said).contains("NOT SENT", name + ":3:");
    assertThat(run(new MappingImport(() -> client), "acme/none", "--from", folder.toString()))
        .isOne();
    assertThat(said).contains("there is no such file");
  }

  private Path file() {
    return folder.resolve(name + ".jsonata");
  }

  private int run(Object command, String... arguments) {
    StringWriter out = new StringWriter();
    int code = new CommandLine(command).setOut(new PrintWriter(out, true)).execute(arguments);
    said = out.toString();
    return code;
  }
}
