package io.caravanhub.hub.cli;

import picocli.CommandLine.Command;

/** Shows in the list of commands; the script ./hub starts the bench module's own program for it. */
@Command(
    name = "cluster",
    description = "Let parts of several hubs on Kafka fail, and compare every message.")
final class ClusterHelp implements Runnable {
  @Override
  public void run() {
    throw new IllegalStateException("start it through the script: ./hub cluster");
  }
}
