package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.client.HubClient;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./hub mapping export}: what admins published becomes files. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Write the versions that are in force in the running hub as files, so that they can be kept in git.",
      "Without a name: all that admins published."
    },
    footer = {
      "",
      "./hub mapping export                          into the folder of the mappings",
      "./hub mapping export acme/meter --to /tmp/out",
      "",
      "The hub goes on with its own version: ./hub mapping diff then finds no difference.",
      "Exit codes: 0 written, 1 no hub answers or there is no such mapping, 2 an option is wrong"
    })
final class MappingExport implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Mappings such as halden/aerotop.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description = "Where to (default: HUB_MAPPINGS, else ./mappings).")
  private @Nullable Path to;

  @Option(names = "--all", description = "Those that follow their files as well.")
  private boolean all;

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  private final Callable<HubClient> hubs;

  MappingExport() {
    this(() -> HubClient.of(SettingsHelp.load()));
  }

  MappingExport(Callable<HubClient> hubs) {
    this.hubs = hubs;
  }

  @Override
  public Integer call() throws Exception {
    HubClient hub = hubs.call();
    MappingFiles files = MappingFiles.in(to, spec);
    PrintWriter out = spec.commandLine().getOut();
    int written = 0;
    for (String name : names.isEmpty() ? listed(hub) : names) {
      JsonNode mapping = hub.get(MappingFiles.path(name));
      if (mapping.path("version").isNull()) {
        out.println(name + "  has a draft only and is left out");
        continue;
      }
      files.write(
          name, MappingFiles.text(mapping, "jsonata"), MappingFiles.text(mapping, "fields"));
      written++;
      out.printf(
          "%s  version %d of %s%n",
          name, mapping.path("version").asInt(), mapping.path("author").asText());
    }
    out.printf("%d written to %s%n", written, files.folder());
    return CommandLine.ExitCode.OK;
  }

  private List<String> listed(HubClient hub) throws Exception {
    List<String> found = new ArrayList<>();
    for (JsonNode item : hub.get("/mappings?limit=5000").path("items")) {
      if (!item.path("version").isNull() && (all || item.path("origin").asText().equals("admin"))) {
        found.add(item.path("name").asText());
      }
    }
    return found;
  }
}
