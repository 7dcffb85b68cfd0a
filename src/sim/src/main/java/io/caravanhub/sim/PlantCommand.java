package io.caravanhub.sim;

import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import io.caravanhub.sim.plant.PlantClock;
import io.caravanhub.sim.plant.ScheduledFault;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Runs the simulated plant.
 *
 * <p>Prints one JSON line when its servers can be read, and one for each fault as it sets in. The
 * servers come up at once; the devices that report by themselves, and the faults, begin when the
 * fleet file is there.
 */
@Command(
    name = "plant",
    description = "Runs the simulated plant: three rooftop units and two pumps on real protocols.",
    showDefaultValues = true)
public final class PlantCommand implements Callable<Integer> {
  /** Environment variable with the key that the Tarn cloud asks for. */
  static final String CLOUD_KEY = "TARN_API_KEY";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = "--fleet",
      paramLabel = "FILE",
      description =
          "JSON with hubUrl, mqttHost, mqttPort, tenant, tokens and webhookSecret; may appear"
              + " later. Without it only the servers run.")
  private @Nullable Path fleet;

  @Option(names = "--modbus-port", description = "port of RTU-1, 0 for a free one")
  private int modbusPort;

  @Option(names = "--opcua-port", description = "port of PUMP-1, 0 for a free one")
  private int opcuaPort;

  @Option(
      names = "--bacnet-port",
      description = "UDP port of RTU-2's BACnet card, 0 for a free one")
  private int bacnetPort;

  @Option(names = "--cloud-port", description = "port of the Tarn cloud, 0 for a free one")
  private int cloudPort;

  @Option(
      names = "--speed",
      description = "how many times faster than the clock on the wall",
      defaultValue = "60")
  private double speed;

  @Option(names = "--interval", description = "time between reports", defaultValue = "PT1S")
  private Duration interval = Duration.ofSeconds(1);

  @Option(names = "--seed", description = "same seed, same plant", defaultValue = "2026")
  private long seed;

  @Option(names = "--faults", description = "on or off", defaultValue = "on")
  private Faults faults = Faults.ON;

  @Option(
      names = "--fault",
      paramLabel = "KIND:DEVICE:ONSET[:GROWTH]",
      converter = FaultConverter.class,
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description =
          "a fault in place of the demo's, in plant time, for instance"
              + " clogged-filter:RTU-1:PT5M:PT30M; may be repeated")
  private List<ScheduledFault> ownFaults = List.of();

  @Spec private @Nullable CommandSpec spec;

  private enum Faults {
    ON,
    OFF
  }

  private final JsonLines out = new JsonLines(System.out);
  private final Clock clock = Clock.systemUTC();

  /** Runs until standard input ends or SIGTERM. */
  public static void main(String[] args) {
    System.exit(Program.run(new PlantCommand(), args));
  }

  @Override
  public Integer call() throws Exception {
    if (speed <= 0 || interval.toMillis() <= 0) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), "--speed and --interval must be positive");
    }
    Plant plant = new Plant(seed, timetable());
    try (Lifetime lifetime = Lifetime.of(System.in);
        PlantServers servers =
            PlantServers.start(plant, modbusPort, opcuaPort, bacnetPort, cloudPort);
        PlantClock time = new PlantClock(plant, speed, this::tell)) {
      servers.tarn().open(System.getenv().getOrDefault(CLOUD_KEY, ""));
      tell(servers);
      if (fleet == null) {
        time.start();
        lifetime.await();
        return CommandLine.ExitCode.OK;
      }
      Optional<Fleet> known = new FleetFile(fleet).await(lifetime);
      if (known.isPresent()) {
        time.start();
        try (PlantDevices devices = new PlantDevices(plant, known.get(), interval, clock)) {
          lifetime.await();
        }
      }
      return CommandLine.ExitCode.OK;
    }
  }

  private FaultTimetable timetable() {
    if (faults == Faults.OFF) {
      return FaultTimetable.none();
    }
    return ownFaults.isEmpty() ? FaultTimetable.demo() : new FaultTimetable(ownFaults);
  }

  private void tell(PlantServers servers) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("ready", true);
    line.put("modbus", servers.modbus().address());
    line.put("opcua", servers.opcua().address());
    line.put("bacnet", servers.bacnet().address());
    line.put("cloud", servers.tarn().address());
    out.print(line);
  }

  private void tell(ScheduledFault fault) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("fault", fault.kind().label());
    line.put("device", fault.device());
    line.put("at", clock.instant().toString());
    out.print(line);
  }
}
