package io.caravanhub.testkit;

import io.caravanhub.testkit.connector.ConnectionSettings;
import io.caravanhub.testkit.connector.ConnectorFolder;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Settings and credentials of a connection: never arguments, which others on the machine see. */
final class GivenSettings {
  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description =
          "Settings and credentials, name = value a line, or a JSON object. What it lacks comes from"
              + " the environment (CONNECTOR_API_KEY for api_key), else it is asked for.")
  private @Nullable Path file;

  ConnectionSettings read(ConnectorFolder connector, CommandSpec caller) throws IOException {
    ConnectionSettings settings = new ConnectionSettings(connector);
    if (file != null) {
      if (!Files.isReadable(file)) {
        throw new ParameterException(caller.commandLine(), "--settings: no file " + file);
      }
      settings.read(file);
    }
    List<String> names = new ArrayList<>(settings.required());
    names.add("secret");
    settings.read(System::getenv, names);
    Console console = System.console();
    for (String missing : settings.missing()) {
      if (console == null) {
        throw new ParameterException(
            caller.commandLine(),
            "the setting "
                + missing
                + " is needed: in a file (--settings) or the environment ("
                + ConnectionSettings.variable(missing)
                + ")");
      }
      String value =
          settings.isSecret(missing)
              ? new String(console.readPassword("%s: ", missing))
              : console.readLine("%s: ", missing);
      settings.put(missing, value.strip());
    }
    return settings;
  }
}
