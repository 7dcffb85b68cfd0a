package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.fieldbus.BacnetBrowser;
import io.caravanhub.core.fieldbus.DeviceMapImport;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.OpcUaBrowser;
import io.caravanhub.core.fieldbus.Tag;
import io.caravanhub.core.fieldbus.TagBrowser;
import io.caravanhub.hub.settings.Setting;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./hub fieldbus browse}: lists what a device offers, and picks of it into a device map. */
@Command(
    name = "browse",
    description =
        "List what an OPC UA server or a BACnet device offers, and pick of it into a device map.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "./hub fieldbus browse opcua opc.tcp://192.0.2.20:4840 --path 'ns=2;s=Pump'",
      "./hub fieldbus browse opcua opc.tcp://192.0.2.20:4840 --option security=Basic256Sha256"
          + " --option user=reader --option passwordFile=/run/secrets/plc",
      "./hub fieldbus browse opcua opc.tcp://192.0.2.20:4840 --path 'ns=2;s=Pump'"
          + " --map mappings/acme/pump.opcua.yaml 'ns=2;s=Pump/Flow=flow'",
      "./hub fieldbus browse bacnet '*'",
      "./hub fieldbus browse bacnet 192.0.2.30 --map mappings/acme/ahu.bacnet.yaml"
          + " analog-input:1=supply_air_temp",
      "",
      "Exit codes: 0 done, 1 the device cannot be browsed, 2 an option is wrong"
    })
final class FieldbusBrowse implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Parameters(index = "0", paramLabel = "PROTOCOL", description = "opcua or bacnet")
  private String protocol = "";

  @Parameters(
      index = "1",
      paramLabel = "ADDRESS",
      description = "opc.tcp://host:port/path; host:port, device:INSTANCE or * for all devices")
  private String address = "";

  @Parameters(
      index = "2..*",
      paramLabel = "NODE=METRIC",
      description = "nodes or objects of the list that --map is to get")
  private List<String> picked = List.of();

  @Option(names = "--path", paramLabel = "NODE", description = "list what is below this node")
  private String path = "";

  @Option(names = "--option", paramLabel = "NAME=VALUE", description = "option of the connection")
  private Map<String, String> options = new HashMap<>();

  @Option(names = "--limit", paramLabel = "N", description = "list at most so many; 200")
  private int limit = 200;

  @Option(names = "--map", paramLabel = "FILE", description = "add the picked nodes to this map")
  private @Nullable Path map;

  @Option(
      names = "--pki",
      paramLabel = "DIR",
      description = "keys and certificates; HUB_HOME/pki/opcua")
  private @Nullable Path pki;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    FieldbusConnection connection =
        new FieldbusConnection(
            "default", address, protocol, address, 0, "", Duration.ofSeconds(1), options);
    List<Tag> tags;
    try {
      tags = browser(line).browse(connection, path, limit);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(line, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      line.getErr().println(address + ": " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    PrintWriter text = line.getOut();
    for (Tag tag : tags) {
      text.println(shown(tag));
    }
    int exit = map == null ? CommandLine.ExitCode.OK : add(line, map, tags);
    text.flush();
    return exit;
  }

  private TagBrowser browser(CommandLine line) {
    return switch (protocol) {
      case "opcua" -> new OpcUaBrowser(TIMEOUT, folder(), null);
      case "bacnet" -> new BacnetBrowser(TIMEOUT);
      default ->
          throw new CommandLine.ParameterException(
              line, "expected opcua or bacnet, got " + protocol);
    };
  }

  private Path folder() {
    if (pki != null) {
      return pki;
    }
    return SettingsHelp.load().folder(Setting.HUB_HOME).resolve("pki/opcua");
  }

  private static String shown(Tag tag) {
    StringBuilder shown = new StringBuilder(tag.path()).append(tag.folder() ? "/" : "");
    shown.append("  ").append(tag.name());
    for (String more :
        new String[] {
          tag.type(), tag.value() == null ? null : "= " + tag.value(), tag.unit(), tag.description()
        }) {
      if (more != null && !more.isBlank()) {
        shown.append("  ").append(more);
      }
    }
    return shown.toString();
  }

  /** Adds what was picked; a map that would not be readable then stays as it is. */
  private int add(CommandLine line, Path file, List<Tag> tags) throws IOException {
    ArrayNode points = JsonNodeFactory.instance.arrayNode();
    for (String pick : picked) {
      int equals = pick.lastIndexOf('=');
      String node = equals < 0 ? pick : pick.substring(0, equals);
      Tag tag =
          tags.stream()
              .filter(known -> known.path().equals(node) && !known.folder())
              .findFirst()
              .orElseThrow(
                  () ->
                      new CommandLine.ParameterException(
                          line, pick + ": expected NODE=METRIC with a value of the list"));
      ObjectNode point =
          points
              .addObject()
              .put("metric", pick.substring(equals + 1))
              .put(protocol.equals("opcua") ? "node" : "object", node);
      if (tag.unit() != null) {
        point.put("unit", tag.unit());
      }
    }
    DeviceMapImport.Report report;
    try {
      report =
          DeviceMapImport.run(
              points.toString(),
              true,
              Files.exists(file) ? Files.readString(file) : null,
              protocol,
              DeviceMapImport.Conflict.FAIL);
    } catch (IllegalArgumentException e) {
      line.getErr().println(file + ": " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    String made = report.map();
    if (made == null || report.count(DeviceMapImport.Outcome.WRONG) > 0) {
      line.getErr().print(report.text());
      line.getErr()
          .println(
              "nothing is written: "
                  + Objects.requireNonNullElse(report.refusal(), "see the lines above"));
      return CommandLine.ExitCode.SOFTWARE;
    }
    FieldbusImport.write(file, made);
    line.getOut().printf("%d points added to %s%n", picked.size(), file);
    return CommandLine.ExitCode.OK;
  }
}
