package io.caravanhub.hub.cli;

import picocli.CommandLine.Command;

/** Shows in the list of commands; the script ./hub starts the bench module's own program for it. */
@Command(name = "bench", description = "Measure a hub of its own against limits and peers.")
final class BenchHelp implements Runnable {
  @Override
  public void run() {
    throw new IllegalStateException("start the benchmark through the script: ./hub bench");
  }
}
