package io.caravanhub.hub.cli;

import io.caravanhub.hub.mapping.OfflineTrial;
import io.caravanhub.hub.settings.SettingException;
import io.caravanhub.testkit.ConnectorCommand;
import io.caravanhub.testkit.MappingCommand;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line behind {@code ./hub}. */
@Command(
    name = "hub",
    description = "Caravan Hub: field equipment in, field-service work orders out.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      EdgeHelp.class,
      ConnectorCommand.class,
      MappingCommand.class,
      FieldbusCommand.class,
      ReplayCommand.class,
      DetectCommand.class,
      RuleCommand.class,
      PolicyCommand.class,
      TenantCommand.class,
      LoadCommand.class,
      BenchHelp.class,
      ClusterHelp.class,
      DoctorCommand.class
    },
    footer = {
      "",
      "Start here:  ./hub demo",
      "Exit codes:  0 done, 1 failed, 2 a setting or an option is wrong",
      "Settings come from the environment or hub.yaml; ./hub run --help lists them."
    })
public final class HubCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private HubCommand() {
    this.spec = CommandLine.Model.CommandSpec.create();
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(line().execute(args));
  }

  /** All commands; what is wrong with a call is one line, and where to read on another. */
  static CommandLine line() {
    CommandLine line = new CommandLine(new HubCommand(), new Parts());
    CommandLine mapping = Objects.requireNonNull(line.getSubcommands().get("mapping"));
    for (Object command : List.of(new MappingExport(), new MappingImport(), new MappingCompare())) {
      mapping.addSubcommand(command);
    }
    for (String name : List.of("run", "demo")) {
      Objects.requireNonNull(line.getSubcommands().get(name))
          .getCommandSpec()
          .usageMessage()
          .footer(SettingsHelp.lines());
    }
    line.setExecutionExceptionHandler(HubCommand::explain);
    line.setParameterExceptionHandler(HubCommand::explain);
    return line;
  }

  private static int explain(CommandLine.ParameterException mistake, String[] arguments) {
    CommandLine wrong = mistake.getCommandLine();
    String name = "./" + wrong.getCommandSpec().qualifiedName();
    wrong.getErr().println(name + ": " + mistake.getMessage());
    wrong.getErr().println("Try " + name + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  /** Gives the commands of the test kit what only the hub has. */
  private static final class Parts implements CommandLine.IFactory {
    private final CommandLine.IFactory others = CommandLine.defaultFactory();

    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (type == MappingCommand.class) {
        return type.cast(new MappingCommand(new OfflineTrial()));
      }
      return type == ConnectorCommand.class
          ? type.cast(new ConnectorCommand(new KitLog()))
          : others.create(type);
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }

  private static int explain(Exception e, CommandLine line, CommandLine.ParseResult result) {
    System.err.println("hub: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
    return e instanceof SettingException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }
}
