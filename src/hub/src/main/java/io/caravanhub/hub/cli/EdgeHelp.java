package io.caravanhub.hub.cli;

import picocli.CommandLine.Command;

/** Shows in the list of commands; the script ./hub starts the edge module's own program for it. */
@Command(name = "edge", description = "Run an edge gateway on camel-main (--config FILE).")
final class EdgeHelp implements Runnable {
  @Override
  public void run() {
    throw new IllegalStateException(
        "start the edge gateway through the script: ./hub edge --config FILE");
  }
}
