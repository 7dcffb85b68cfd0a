package io.caravanhub.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.ConnectorKit;
import io.caravanhub.testkit.connector.Finding;
import io.caravanhub.testkit.connector.Grade;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code hub connector test}: what a connector is worth, without its cloud. */
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = "Check one connector or all, and grade them; docs/CONNECTORS.md has the scale.",
    footer = {
      "",
      "Examples:",
      "  ./hub connector test                      every connector",
      "  ./hub connector test kestrel              one of them",
      "  ./hub connector test kestrel sensibo      two, with a summary",
      "  ./hub connector test acme --at-least gold --json",
      "  ./hub connector test acme --accept        write results where none are expected yet",
      "Exit codes: 0 all have the grade, 1 something is wrong, 2 no such connector"
    })
final class ConnectorTest implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ConnectorCommand parent = new ConnectorCommand();

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "The connectors; all when absent.")
  private List<String> names = List.of();

  @Option(
      names = "--at-least",
      paramLabel = "GRADE",
      defaultValue = "bronze",
      description = "bronze, silver, gold or platinum (default: bronze).")
  private String atLeast = "bronze";

  @Option(names = "--json", description = "One JSON object a line, for scripts.")
  private boolean json;

  @Option(
      names = "--accept",
      description = "Write what the mappings give where samples/expected has nothing; look at it!")
  private boolean accept;

  @Override
  public Integer call() throws IOException {
    Grade least = least();
    List<ConnectorFolder> found =
        names.isEmpty()
            ? parent.all()
            : names.stream().map(name -> parent.find(name, spec)).toList();
    if (found.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "no connectors in " + parent.connectors());
    }
    boolean passed = true;
    Map<String, Row> rows = new LinkedHashMap<>();
    for (ConnectorFolder connector : found) {
      if (accept) {
        accept(connector);
      }
      long began = System.nanoTime();
      List<Finding> findings =
          ConnectorKit.examine(
              connector,
              parent.log(),
              group -> progress(rows.size() + 1, found.size(), connector.name() + " " + group));
      progress(0, 0, "");
      long millis = (System.nanoTime() - began) / 1_000_000;
      Grade grade = Grade.of(findings);
      if (json) {
        writeJson(connector, grade, findings, millis);
      } else {
        print(connector, grade, findings);
      }
      rows.put(connector.name(), new Row(connector.isOem() ? grade.label() : "", findings, millis));
      passed &= grade.compareTo(least) >= 0;
    }
    if (!json && rows.size() > 1) {
      table(rows);
    }
    return passed ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private record Row(String grade, List<Finding> findings, long millis) {}

  /** What is being done, on a terminal; written over by what comes next. */
  private void progress(int nth, int of, String what) {
    if (!json && System.console() != null) {
      PrintWriter err = spec.commandLine().getErr();
      err.print("\r\u001b[K" + (what.isEmpty() ? "" : nth + " of " + of + ": " + what));
      err.flush();
    }
  }

  private void table(Map<String, Row> rows) {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.printf("%-26s %-9s %6s  %s%n", "connector", "grade", "s", "missing");
    long all = 0;
    for (Map.Entry<String, Row> row : rows.entrySet()) {
      all += row.getValue().millis();
      out.printf(
          Locale.ROOT,
          "%-26s %-9s %6.1f  %s%n",
          row.getKey(),
          row.getValue().grade(),
          row.getValue().millis() / 1e3,
          String.join(
              ", ",
              row.getValue().findings().stream()
                  .filter(f -> !f.passed())
                  .map(Finding::check)
                  .toList()));
    }
    out.printf(Locale.ROOT, "%-26s %-9s %6.1f%n", rows.size() + " connectors", "", all / 1e3);
  }

  private Grade least() {
    for (Grade grade : Grade.values()) {
      if (grade != Grade.NONE && grade.label().equals(atLeast.toLowerCase(Locale.ROOT))) {
        return grade;
      }
    }
    throw new ParameterException(
        spec.commandLine(), "--at-least: expected bronze, silver, gold or platinum");
  }

  private void accept(ConnectorFolder connector) throws IOException {
    for (GoldenCase golden : GoldenFiles.ofConnector(connector.path())) {
      if (!Files.exists(golden.expected()) && Files.exists(golden.input())) {
        String made;
        try {
          made = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(golden.result());
        } catch (MappingException e) {
          continue;
        }
        Files.createDirectories(golden.expected().toAbsolutePath().getParent());
        Files.writeString(golden.expected(), made + "\n");
        spec.commandLine().getErr().println("written: " + golden.expected());
      }
    }
  }

  private void print(ConnectorFolder connector, Grade grade, List<Finding> findings) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(connector.name() + (connector.isOem() ? "  " + grade.label() : ""));
    for (Finding finding : findings) {
      out.printf(
          "  %-5s %-9s %s%n",
          finding.passed() ? "ok" : finding.grade() == Grade.BRONZE ? "WRONG" : "no",
          finding.check(),
          finding.passed() ? finding.good() : "needed for " + finding.grade().label());
      finding.problems().forEach(problem -> out.println("        " + problem));
    }
  }

  private void writeJson(
      ConnectorFolder connector, Grade grade, List<Finding> findings, long millis)
      throws JsonProcessingException {
    List<Map<String, Object>> checks = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, Object> check = new LinkedHashMap<>();
      check.put("check", finding.check());
      check.put("grade", finding.grade().label());
      check.put("passed", finding.passed());
      check.put("problems", finding.problems());
      check.put("millis", finding.millis());
      checks.add(check);
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("connector", connector.name());
    report.put("grade", grade.label());
    report.put("millis", millis);
    report.put("checks", checks);
    spec.commandLine().getOut().println(JSON.writeValueAsString(report));
  }
}
