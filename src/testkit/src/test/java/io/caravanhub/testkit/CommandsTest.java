package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandsTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();

  private int run(Object command, String... args) {
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(out, true));
    return line.execute(args);
  }

  private int connector(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "--connectors";
    all[1] = folder.toString();
    System.arraycopy(args, 0, all, 2, args.length);
    return run(new ConnectorCommand(), all);
  }

  private int mapping(String... args) {
    String[] all = new String[args.length + 3];
    all[0] = "test";
    all[1] = "--mappings";
    all[2] = folder.toString();
    System.arraycopy(args, 0, all, 3, args.length);
    return run(new MappingCommand(), all);
  }

  private void edit(String file, String from, String to) throws IOException {
    Path path = folder.resolve("oem/acme").resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(from);
    Files.writeString(path, text.replace(from, to));
  }

  @BeforeEach
  void make() {
    connector("new", "acme");
  }

  @Test
  void aNewConnectorPassesItsOwnTests() {
    assertThat(connector("test", "acme")).as(out.toString()).isZero();
    assertThat(out.toString()).contains("1 as expected").contains("1 pushed, 1 messages");
    assertThat(connector("list")).isZero();
    assertThat(out.toString()).contains("acme").contains("1 kamelet(s), 1 mapping(s)");
  }

  @Test
  void aFolderGivenRelativeToTheWorkingOneIsFound() {
    Path relative = Path.of("").toAbsolutePath().relativize(folder.toAbsolutePath());
    assertThat(run(new ConnectorCommand(), "test", "--connectors", relative.toString()))
        .as(out.toString())
        .isZero();
  }

  @Test
  void anExistingConnectorIsNotWrittenOver() {
    assertThat(connector("new", "acme")).isEqualTo(2);
    assertThat(out.toString()).contains("exists already");
  }

  @Test
  void aNameThatIsNoFolderNameIsRefused() {
    assertThat(connector("new", "../x")).isEqualTo(2);
  }

  @Test
  void aResultThatDiffersIsShownByItsPlace() throws IOException {
    edit("samples/expected/running.json", "13.2", "14");
    assertThat(connector("test")).isEqualTo(1);
    assertThat(out.toString())
        .contains("samples/running /measurements/0/value: expected 14, got 13.2");
  }

  @Test
  void aBadRouteIsShownWithItsLine() throws IOException {
    edit("acme.camel.yaml", "{{channel.raw.to}}", "ftpp:x");
    assertThat(connector("test")).isEqualTo(1);
    assertThat(out.toString()).contains("acme.camel.yaml:14: unknown component 'ftpp'");
  }

  @Test
  void aKameletWithoutItsSchemaIsShown() throws IOException {
    edit("acme-source.kamelet.yaml", "type: source", "type: thing");
    assertThat(connector("test")).isEqualTo(1);
    assertThat(out.toString()).contains("expected source, sink or action");
  }

  @Test
  void aPayloadWhoseDeviceIsNotFoundIsShown() throws IOException {
    edit("samples/in/running.json", "\"serial\"", "\"sn\"");
    assertThat(connector("test")).isEqualTo(1);
    assertThat(out.toString()).contains("header hub-device: absent");
  }

  @Test
  void aPayloadThatIsNoJsonIsShown() throws IOException {
    edit("samples/in/running.json", "{\"serial\"", "{serial");
    assertThat(connector("test")).isEqualTo(1);
    assertThat(out.toString()).contains("running.json: the route failed: body: is not JSON");
  }

  @Test
  void aConnectorThatIsNotThereIsAWrongArgument() {
    assertThat(connector("test", "nobody")).isEqualTo(2);
    assertThat(out.toString()).contains("no connector 'nobody'");
  }

  @Test
  void aMappingIsComparedWithItsGoldenFiles() throws IOException {
    Files.writeString(folder.resolve("x.jsonata"), "{\"measurements\": [{\"value\": t}]}");
    assertThat(mapping("x.jsonata")).isEqualTo(1);
    assertThat(out.toString()).contains("no golden file");
    Files.writeString(folder.resolve("x.in.json"), "{\"t\": 1}");
    Files.writeString(folder.resolve("x.expected.json"), "{\"measurements\": [{\"value\": 1}]}");
    assertThat(mapping("x.jsonata")).isZero();
    Files.writeString(folder.resolve("x.odd.in.json"), "{\"t\": 2}");
    assertThat(mapping()).isEqualTo(1);
    assertThat(out.toString())
        .contains("what the mapping gives now: {\"measurements\":[{\"value\":2}]}");
  }

  @Test
  void aFieldTableIsComparedWithItsGoldenFilesToo() throws IOException {
    Files.writeString(folder.resolve("x.fields.yaml"), "fields: {t: temperature}");
    assertThat(mapping("x.fields.yaml")).isEqualTo(1);
    assertThat(out.toString()).contains("x.in.json");
    Files.writeString(folder.resolve("x.in.json"), "{\"t\": 1}");
    Files.writeString(
        folder.resolve("x.expected.json"),
        "{\"measurements\": [{\"name\": \"temperature\", \"value\": 1}]}");
    assertThat(mapping("x.fields.yaml")).as(out.toString()).isZero();
    Files.writeString(folder.resolve("x.fields.yaml"), "fields:\n  t: {metric: a, scale: x}");
    assertThat(mapping("x.fields.yaml")).isEqualTo(1);
    assertThat(out.toString()).contains("line 2: fields.t.scale: expected a number");
  }

  @Test
  void onePayloadIsTriedAsTheHubWould() throws IOException {
    Path payload = Files.writeString(folder.resolve("p.json"), "{\"t\": 1}");
    Path draft = Files.writeString(folder.resolve("d.jsonata"), "{'metrics': {'a': t}}");
    PayloadTrial trial =
        (source, bytes, format) ->
            new PayloadTrial.Outcome(
                source.content() + bytes.length, List.of("line"), !source.content().isEmpty());
    assertThat(
            run(
                new MappingCommand(trial),
                "test",
                "--jsonata",
                draft.toString(),
                "--payload",
                payload.toString(),
                "--json"))
        .as(out.toString())
        .isZero();
    assertThat(out.toString()).contains("{'metrics': {'a': t}}8");
    assertThat(run(new MappingCommand(trial), "test", "--payload", payload.toString()))
        .isEqualTo(2);
    assertThat(
            run(
                new MappingCommand(trial),
                "test",
                "--mappings",
                folder.toString(),
                "--mapping",
                "no/such",
                "--payload",
                payload.toString()))
        .isEqualTo(2);
    assertThat(out.toString()).contains("there is no mapping no/such");
  }

  @Test
  void aMappingThatDoesNotCompileIsShown() throws IOException {
    Files.writeString(folder.resolve("x.jsonata"), "{\"a\": ");
    Files.writeString(folder.resolve("x.in.json"), "{}");
    Files.writeString(folder.resolve("x.expected.json"), "{}");
    assertThat(mapping("x.jsonata")).isEqualTo(1);
    assertThat(out.toString()).contains("WRONG x");
  }

  @Test
  void aPathThatIsNotThereIsAWrongArgument() {
    assertThat(mapping("nowhere")).isEqualTo(2);
  }

  @Test
  void helpHasExamples() {
    assertThat(connector("test", "--help")).isZero();
    assertThat(out.toString()).contains("./hub connector test kestrel");
  }

  @Test
  void aDraftIsProposedForAPayloadAndWritten() throws IOException {
    Path sample = folder.resolve("sample.json");
    Files.writeString(sample, "{\"SAT_F\": 55.1, \"ts\": 1795168800, \"fw\": \"1.0\"}");
    Path draft = folder.resolve("acme/unit");
    assertThat(run(new MappingCommand(), "suggest", sample.toString(), "-o", draft.toString()))
        .isZero();
    assertThat(out.toString())
        .contains("SAT_F", "supply_air_temp", "[degF]", "97%", "time of measurement: ts (s)");
    assertThat(Files.readString(folder.resolve("acme/unit.fields.yaml")))
        .contains("timestamp: {field: ts, unit: s}");
  }

  @Test
  void aPayloadWithoutAnyMetricHasNoDraft() throws IOException {
    Path sample = folder.resolve("sample.json");
    Files.writeString(sample, "{\"hello\": \"world\"}");
    assertThat(run(new MappingCommand(), "suggest", sample.toString())).isEqualTo(1);
  }
}
