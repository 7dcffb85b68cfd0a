package io.caravanhub.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./hub cluster} itself, in short: Kafka, PostgreSQL and three hubs, each a process of its
 * own, under load. The one that only takes in is killed, the one that only stores and judges hangs,
 * and the one with all roles is parted from Kafka.
 */
class ClusterIT {
  private static final int MINUTES = 40;

  @Test
  void nothing_is_lost_double_or_out_of_order_when_hubs_of_three_fail(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    Path screen = folder.resolve("screen.txt");
    Path root = Path.of(System.getProperty("hub.root")).toAbsolutePath().normalize();
    ProcessBuilder command =
        new ProcessBuilder(
                root.resolve("hub").toString(),
                "cluster",
                "--roles",
                "ingest/pipeline/all",
                "--faults",
                "3",
                "--seconds",
                "15",
                // Longer than a busy machine lets a hub that lives be silent.
                "--session",
                "12000",
                "--rate",
                "60",
                "--devices",
                "60",
                "--work",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(screen.toFile());
    Map<String, String> environment = command.environment();
    environment.keySet().removeIf(name -> name.startsWith("HUB_"));
    environment.put("HUB_SKIP_BUILD", "1");
    environment.put("JAVA_HOME", System.getProperty("java.home"));

    Process cluster = command.start();
    try {
      boolean ended = cluster.waitFor(MINUTES, TimeUnit.MINUTES);
      String said = Files.readString(screen);
      assertThat(ended).as(said).isTrue();
      assertThat(cluster.exitValue()).as(said).isZero();
      assertThat(said).contains("of 3 hubs, 3 faults").contains("| work orders missing | 0 |");
    } finally {
      // In order, for it ends what it started.
      cluster.destroy();
      if (!cluster.waitFor(1, TimeUnit.MINUTES)) {
        cluster.descendants().forEach(ProcessHandle::destroyForcibly);
        cluster.destroyForcibly();
      }
    }
  }
}
