package io.caravanhub.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.suggest.Proposal;
import io.caravanhub.core.suggest.Suggester;
import io.caravanhub.core.suggest.Suggestion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hub mapping suggest}: a draft of a mapping from payloads. */
@Command(
    name = "suggest",
    mixinStandardHelpOptions = true,
    description = "Propose a mapping for payloads of one model.",
    footer = {
      "",
      "A file holds one JSON payload, or several one after the other.",
      "The draft is a field table, or JSONata where a table cannot say it (lists of readings).",
      "Examples:",
      "  ./hub mapping suggest sample.json",
      "  ./hub mapping suggest monday.json tuesday.json -o mappings/acme/meter",
      "Exit codes: 0 a draft was found, 1 none, 2 a file cannot be read"
    })
public final class SuggestCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WIDEST_SAMPLE = 24;
  private static final int LONGEST_WHY = 80;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Payloads in JSON; - is the standard input.")
  private List<Path> files = List.of();

  @Option(names = "--json", description = "The suggestion as JSON, as the API gives it.")
  private boolean json;

  @Option(names = "--all", description = "The fields without a proposal, too.")
  private boolean all;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the draft there; .fields.yaml or .jsonata is added when it is missing.")
  private @Nullable Path output;

  @Override
  public Integer call() throws IOException {
    Suggestion suggestion = Suggester.of(payloads());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(suggestion));
    } else {
      print(suggestion, out);
    }
    String draft = suggestion.fields() == null ? suggestion.jsonata() : suggestion.fields();
    if (draft == null) {
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (output != null) {
      Path file = named(output, suggestion.fields() == null ? ".jsonata" : ".fields.yaml");
      if (Files.exists(file)) {
        throw new ParameterException(spec.commandLine(), file + " exists already");
      }
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      Files.writeString(file, draft);
      spec.commandLine().getErr().println("written to " + file);
    } else if (!json) {
      out.println();
      out.print(draft);
      out.flush();
    }
    return CommandLine.ExitCode.OK;
  }

  private static Path named(Path file, String suffix) {
    return file.toString().endsWith(suffix)
        ? file
        : file.resolveSibling(file.getFileName() + suffix);
  }

  private List<Object> payloads() throws IOException {
    List<Object> payloads = new ArrayList<>();
    for (Path file : files) {
      if (!file.toString().equals("-") && !Files.isRegularFile(file)) {
        throw new ParameterException(spec.commandLine(), "no file " + file);
      }
      byte[] content =
          file.toString().equals("-") ? System.in.readAllBytes() : Files.readAllBytes(file);
      try (MappingIterator<Object> values = JSON.readerFor(Object.class).readValues(content)) {
        values.forEachRemaining(payloads::add);
      } catch (JsonProcessingException | RuntimeException e) {
        throw new ParameterException(spec.commandLine(), file + " is not JSON: " + e.getMessage());
      }
    }
    return payloads;
  }

  private void print(Suggestion suggestion, PrintWriter out) {
    List<Proposal> shown =
        suggestion.proposals().stream().filter(p -> all || p.metric() != null).toList();
    int path = width(shown.stream().map(Proposal::path).toList(), "field");
    int metric = width(shown.stream().map(p -> text(p.metric())).toList(), "metric");
    int unit = width(shown.stream().map(p -> text(p.unit())).toList(), "unit");
    String row =
        "%-" + path + "s  %-" + WIDEST_SAMPLE + "s  %-" + metric + "s  %-" + unit + "s  %4s  %s%n";
    out.printf(row, "field", "sample", "metric", "unit", "sure", "why");
    for (Proposal one : shown) {
      out.printf(
          row,
          one.path(),
          brief(String.valueOf(one.sample()), WIDEST_SAMPLE),
          text(one.metric()),
          text(one.unit()),
          one.metric() == null ? "" : Math.round(one.confidence() * 100) + "%",
          brief(one.why(), LONGEST_WHY));
    }
    long left = suggestion.proposals().size() - shown.size();
    out.println();
    Suggestion.Timestamp time = suggestion.timestamp();
    out.println(
        (time == null
                ? "no time of measurement; the time of receipt counts"
                : "time of measurement: " + time.path() + " (" + time.format() + ")")
            + (suggestion.device() == null ? "" : ", device: " + suggestion.device())
            + (left == 0 ? "" : ", " + left + " fields without a metric (--all)"));
  }

  private static int width(List<String> texts, String title) {
    return Math.max(title.length(), texts.stream().mapToInt(String::length).max().orElse(1));
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static String brief(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
