package io.caravanhub.bench;

import com.sun.management.OperatingSystemMXBean;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.mapping.Payloads;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One payload read and mapped as the component {@code mapping:} does it, in a JVM that JMH starts.
 */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MappingBenchmark {
  private static final Map<String, Object> BINDINGS =
      Map.of("device", "d", "tenant", "default", "received", 1L);

  /** File of the expression. */
  @Param("")
  public String expression = "";

  /** File of the payload. */
  @Param("")
  public String payload = "";

  private final Payloads payloads = new Payloads(MappingBounds.DEFAULT.inputBytes());
  private byte[] bytes = new byte[0];
  private Mapping mapping = Mapping.compile(new MappingSource("bench", "1", "$"));

  /** Reads the files and compiles. */
  @Setup
  public void compile() throws IOException {
    mapping =
        Mapping.compile(new MappingSource("bench", "1", Files.readString(Path.of(expression))));
    bytes = Files.readAllBytes(Path.of(payload));
  }

  /** What the process uses of the processors, collector and compiler included, and for how much. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Used {
    /** Microseconds. */
    public long cpu;

    /** Payloads mapped. */
    public long mapped;

    private long before;

    /** Reads the clock. */
    @Setup(Level.Iteration)
    public void begin() {
      before = now();
    }

    /** Reads the clock again. */
    @TearDown(Level.Iteration)
    public void end() {
      cpu = now() - before;
    }

    private static long now() {
      return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
          / 1_000;
    }
  }

  /** Maps the payload once. */
  @Benchmark
  public Object map(Used used) {
    used.mapped++;
    return mapping.apply(payloads.read("bench", bytes), BINDINGS, MappingBounds.DEFAULT);
  }
}
