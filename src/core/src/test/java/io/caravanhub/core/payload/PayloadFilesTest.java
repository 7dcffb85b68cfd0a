package io.caravanhub.core.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadFilesTest {
  @TempDir Path folder;
  private final AtomicLong clock = new AtomicLong();

  private PayloadFiles files() throws IOException {
    Files.createDirectories(folder.resolve("acme"));
    return new PayloadFiles(List.of(folder), clock::get);
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve("acme").resolve(name), content);
    clock.addAndGet(2_000_000_000L);
  }

  private static Object read(PayloadFiles files, String text) {
    return files.find("acme/x").orElseThrow().read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aMappingWithoutADeclarationHasPayloadsInJson() throws IOException {
    assertThat(files().find("acme/x")).isEmpty();
  }

  @Test
  void readsCsvWithAHeader() throws IOException {
    PayloadFiles files = files();
    write("x.payload.yaml", "format: csv\n");

    assertThat(read(files, "time,temp,state\n1,21.5,on\n2,,off\n"))
        .isEqualTo(
            List.of(
                Map.of("time", 1.0, "temp", 21.5, "state", "on"),
                Map.of("time", 2.0, "state", "off")));
    assertThatThrownBy(() -> read(files, "time,temp\n1,2,3\n"))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("line 2: expected 2 values, got 3");
    assertThatThrownBy(() -> read(files, "time,temp\n")).hasMessageContaining("no line of values");
  }

  @Test
  void takesAChangedDeclarationOrSchemaWithoutARestart() throws IOException {
    PayloadFiles files = files();
    write("x.proto", "syntax = \"proto3\"; message M { int32 one = 1; }");
    write("x.payload.yaml", "format: protobuf\nschema: x.proto\nmessage: M\n");
    assertThat(read(files, "\b\u0005")).isEqualTo(Map.of("one", 5L));

    write("x.proto", "syntax = \"proto3\"; message M { int32 another = 1; }");

    assertThat(read(files, "\b\u0005")).isEqualTo(Map.of("another", 5L));
  }

  @Test
  void keepsTheLastGoodFormatWhenTheNextCannotBeUsed() throws IOException {
    PayloadFiles files = files();
    write("x.payload.yaml", "format: csv\n");
    assertThat(files.find("acme/x")).isPresent();

    write("x.payload.yaml", "format: morse\n");

    assertThat(files.find("acme/x")).isPresent();
    assertThat(files.problem("acme/x").orElseThrow()).contains("expected protobuf or csv");
  }

  @Test
  void refusesPayloadsWhoseFormatNeverWasGood() throws IOException {
    PayloadFiles files = files();
    write("x.payload.yaml", "format: morse\n");

    assertThatThrownBy(() -> files.find("acme/x"))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("expected protobuf or csv");
  }
}
