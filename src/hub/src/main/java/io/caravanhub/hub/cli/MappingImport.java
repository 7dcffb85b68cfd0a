package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./hub mapping import}: files become drafts, or versions in force. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Save files as drafts in the running hub, or publish them. Without a name: every mapping of the",
      "folder that the hub has another version of in force."
    },
    footer = {
      "",
      "./hub mapping import acme/meter --from /tmp/out",
      "./hub mapping import acme/meter --publish --note 'register 40 is signed'",
      "",
      "A file that does not compile is not sent. A draft of somebody else is left alone.",
      "Exit codes: 0 all done, 1 some were not, or no hub answers, 2 an option is wrong"
    })
final class MappingImport implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Mappings such as halden/aerotop.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--from",
      paramLabel = "FOLDER",
      description = "Where they are (default: HUB_MAPPINGS, else ./mappings).")
  private @Nullable Path from;

  @Option(names = "--publish", description = "Let them take effect at once.")
  private boolean publish;

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      description = "Why, for the history.",
      defaultValue = "imported from a file")
  private String note = "";

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  private final Callable<HubClient> hubs;

  MappingImport() {
    this(() -> HubClient.of(SettingsHelp.load()));
  }

  MappingImport(Callable<HubClient> hubs) {
    this.hubs = hubs;
  }

  @Override
  public Integer call() throws Exception {
    HubClient hub = hubs.call();
    MappingFiles files = MappingFiles.in(from, spec);
    int failed = 0;
    for (String name : names.isEmpty() ? files.names() : names) {
      failed += send(hub, files, name) ? 0 : 1;
    }
    return failed == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private boolean send(HubClient hub, MappingFiles files, String name)
      throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Optional<MappingSource> file = files.find(name);
    if (file.isEmpty()) {
      String problem = files.problem(name);
      out.printf(
          "%s  NOT SENT: %s%n",
          name, problem == null ? "there is no such file in " + files.folder() : problem);
      return false;
    }
    HubClient.Answer now = hub.ask(MappingFiles.path(name));
    if (now.status() != 200 && now.status() != 404) {
      return refused(name, now);
    }
    if (now.status() == 200
        && MappingFiles.difference(name, now.body(), file).isEmpty()
        && !now.body().path("version").isNull()) {
      if (!names.isEmpty()) {
        out.println(name + "  is in force as it is");
      }
      return true;
    }
    // Without a tag the hub saves over a draft of the caller's own only.
    HubClient.Answer saved =
        hub.change("PUT", MappingFiles.path(name) + "/draft", "", draft(file.get()).toString());
    if (saved.status() != 200) {
      return refused(name, saved);
    }
    if (!publish) {
      out.println(name + "  saved as a draft");
      return true;
    }
    HubClient.Answer published =
        hub.change("POST", MappingFiles.path(name) + "/publish", saved.tag(), "{}");
    if (published.status() != 200) {
      return refused(name, published);
    }
    out.printf("%s  version %d is in force%n", name, published.body().path("version").asInt());
    return true;
  }

  private ObjectNode draft(MappingSource file) {
    ObjectNode draft = JSON.createObjectNode();
    if (!file.content().isEmpty()) {
      draft.put("jsonata", file.content());
    }
    if (file.fields() != null) {
      draft.put("fields", file.fields());
    }
    return draft.put("note", note);
  }

  private boolean refused(String name, HubClient.Answer answer) {
    spec.commandLine()
        .getOut()
        .printf(
            "%s  NOT SENT: %s%n",
            name, answer.body().path("detail").asText("the hub answered " + answer.status()));
    return false;
  }
}
