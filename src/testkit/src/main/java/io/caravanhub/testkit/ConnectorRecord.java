package io.caravanhub.testkit;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.testkit.cloud.HookListener;
import io.caravanhub.testkit.connector.ConnectionSettings;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.record.HookRecording;
import io.caravanhub.testkit.record.PollRecording;
import io.caravanhub.testkit.record.SampleFiles;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code hub connector record}: real traffic as masked samples. */
@Command(
    name = "record",
    mixinStandardHelpOptions = true,
    description = {
      "Ask the real cloud once, or take what it pushes, and write the answers as samples.",
      "Names, addresses, coordinates, e-mail, serials, ids and tokens are masked, one value always alike;",
      "credentials are never written. Read the samples before you publish them all the same."
    },
    footer = {
      "",
      "Examples:",
      "  ./hub connector record acme --settings acme.properties --replace",
      "  CONNECTOR_API_KEY=… ./hub connector record acme --against https://sandbox.acme.com",
      "  ./hub connector record kestrel --bodies 3 --port 9090    webhooks; a tunnel leads them there",
      "Then  ./hub connector test acme --accept  and look at samples/expected.",
      "Exit codes: 0 recorded, 1 the cloud did not answer or samples are there, 2 something is missing"
    })
final class ConnectorRecord implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ConnectorCommand parent = new ConnectorCommand();
  @Mixin private GivenSettings given = new GivenSettings();

  @Parameters(paramLabel = "NAME", description = "The connector.")
  private String name = "";

  @Option(
      names = "--against",
      paramLabel = "URL",
      description = "Another origin than the one in cloud.yaml.")
  private @Nullable String against;

  @Option(
      names = "--most",
      defaultValue = "8",
      description = "Devices of one answer that become samples (default: 8).")
  private int most;

  @Option(
      names = "--bodies",
      defaultValue = "3",
      description = "Webhooks: how many to wait for (default: 3).")
  private int bodies;

  @Option(names = "--port", defaultValue = "0", description = "Webhooks: default a free one.")
  private int port;

  @Option(names = "--replace", description = "Write over the samples that are there.")
  private boolean replace;

  @Override
  public Integer call() throws Exception {
    ConnectorFolder connector = parent.find(name, spec);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    SampleFiles.Written written;
    if (connector.polls()) {
      ConnectionSettings settings = given.read(connector, spec);
      try {
        written = new PollRecording(connector, settings, against).record(most, replace);
      } catch (CloudException e) {
        err.println(name + ": " + e.reason());
        return CommandLine.ExitCode.SOFTWARE;
      } finally {
        if (settings.hasNewRefreshToken()) {
          err.println(
              "The cloud gave a new refresh token, which is not kept: consent once more for the next.");
        }
      }
    } else {
      ConnectionSettings settings = given.read(connector, spec);
      String secret = String.valueOf(settings.values().getOrDefault("secret", ""));
      try (HookListener hooks = new HookListener(port)) {
        err.println("waiting for " + bodies + " bodies, posted to " + hooks.origin() + "/");
        written = HookRecording.record(connector, hooks, bodies, secret, replace);
      }
    }
    written.files().forEach(file -> out.println("  " + file));
    out.println(written.masked() + " values masked; read the samples before you publish them");
    out.println("Now:  ./hub connector test " + name + " --accept");
    return CommandLine.ExitCode.OK;
  }
}
