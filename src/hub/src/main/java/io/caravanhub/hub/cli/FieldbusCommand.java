package io.caravanhub.hub.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./hub fieldbus}: device maps, made from devices and from lists of tags. */
@Command(
    name = "fieldbus",
    description = "Device maps: find out what a device has, import lists of tags.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {FieldbusDiscover.class, FieldbusImport.class, FieldbusBrowse.class})
final class FieldbusCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
