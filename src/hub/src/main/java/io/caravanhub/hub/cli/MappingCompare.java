package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./hub mapping diff}: files beside what is in force in the hub. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Show the difference from what is in force in the running hub to the files, as a unified diff.",
      "Without a name: every mapping of the folder, and every one that admins published."
    },
    footer = {
      "",
      "./hub mapping diff",
      "./hub mapping diff acme/meter --folder /tmp/out",
      "",
      "Exit codes: 0 no difference, 1 there is one, or no hub answers, 2 an option is wrong"
    })
final class MappingCompare implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Mappings such as halden/aerotop.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "Where the files are (default: HUB_MAPPINGS, else ./mappings).")
  private @Nullable Path folder;

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  private final Callable<HubClient> hubs;

  MappingCompare() {
    this(() -> HubClient.of(SettingsHelp.load()));
  }

  MappingCompare(Callable<HubClient> hubs) {
    this.hubs = hubs;
  }

  @Override
  public Integer call() throws Exception {
    HubClient hub = hubs.call();
    MappingFiles files = MappingFiles.in(folder, spec);
    PrintWriter out = spec.commandLine().getOut();
    int different = 0;
    for (String name : names.isEmpty() ? listed(hub, files) : names) {
      Optional<MappingSource> file = files.find(name);
      String problem = file.isEmpty() ? files.problem(name) : null;
      String text =
          problem == null
              ? MappingFiles.difference(name, ofHub(hub, name), file)
              : name + ": the file cannot be used: " + problem + "\n";
      out.print(text);
      different += text.isEmpty() ? 0 : 1;
    }
    out.flush();
    return different == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private static JsonNode ofHub(HubClient hub, String name)
      throws IOException, InterruptedException {
    HubClient.Answer answer = hub.ask(MappingFiles.path(name));
    if (answer.status() != 200 && answer.status() != 404) {
      throw new IOException(
          name + ": " + answer.body().path("detail").asText("the hub answered " + answer.status()));
    }
    return answer.body();
  }

  private static TreeSet<String> listed(HubClient hub, MappingFiles files)
      throws IOException, InterruptedException {
    TreeSet<String> found = new TreeSet<>(files.names());
    for (JsonNode item : hub.get("/mappings?limit=5000").path("items")) {
      if (item.path("origin").asText().equals("admin") && !item.path("version").isNull()) {
        found.add(item.path("name").asText());
      }
    }
    return found;
  }
}
