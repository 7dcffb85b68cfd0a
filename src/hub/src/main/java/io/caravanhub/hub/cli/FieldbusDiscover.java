package io.caravanhub.hub.cli;

import io.caravanhub.core.fieldbus.FieldbusDiscovery;
import io.caravanhub.core.fieldbus.SunSpecWalk;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./hub fieldbus discover}: walks the SunSpec models of a device into a device map. */
@Command(
    name = "discover",
    description = "Walk the SunSpec models of a Modbus device and write its device map.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "./hub fieldbus discover modbus-tcp://192.0.2.10:502?unit=1 --out"
          + " mappings/acme/s-10.modbus.yaml",
      "./hub fieldbus discover 'modbus-rtu:///dev/ttyUSB0?unit=3&baud=9600&parity=none'",
      "",
      "Exit codes: 0 done, 1 the device does not answer or has no models, 2 an option is wrong"
    })
final class FieldbusDiscover implements Callable<Integer> {
  @Parameters(paramLabel = "URI", description = "modbus-tcp://host:port?unit=1 or the like")
  private @Nullable String uri;

  @Option(names = "--out", paramLabel = "FILE", description = "write the map there")
  private @Nullable Path out;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CommandLine line = java.util.Objects.requireNonNull(spec).commandLine();
    SunSpecWalk.Found found;
    try {
      found = FieldbusDiscovery.sunSpec(URI.create(String.valueOf(uri)));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(line, String.valueOf(e.getMessage()), e);
    }
    PrintWriter text = line.getOut();
    if (out == null) {
      text.print(found.map());
      text.flush();
      return CommandLine.ExitCode.OK;
    }
    Path folder = out.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(out, found.map());
    text.printf("%s: %d points in %s%n", found.title(), found.points(), out);
    return CommandLine.ExitCode.OK;
  }
}
