package io.caravanhub.sim;

import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Runs a command so that whatever goes wrong is one line on standard error. */
final class Program {
  private Program() {}

  /** The exit code: 0, 1 when the command failed, 2 when it was called wrongly. */
  static int run(Callable<Integer> command, String... args) {
    return new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOverwrittenOptionsAllowed(true)
        .setParameterExceptionHandler(
            (mistake, arguments) -> {
              CommandLine line = mistake.getCommandLine();
              line.getErr().println(line.getCommandName() + ": " + mistake.getMessage());
              return CommandLine.ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              line.getErr().println(line.getCommandName() + ": " + failure.getMessage());
              return CommandLine.ExitCode.SOFTWARE;
            })
        .execute(args);
  }
}
