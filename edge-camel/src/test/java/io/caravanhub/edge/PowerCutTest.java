package io.caravanhub.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is left on a real file system when the power goes: a process writes on an ext4 in a file,
 * and the file is copied at random moments. What was not synced by then is in the memory of the
 * machine, and not in the copy.
 */
class PowerCutTest {
  private static final int CUTS = Integer.getInteger("edge.cuts", 4);

  @TempDir Path folder;

  @Test
  void takesNothingFromTheSpoolThatWasAcknowledged() throws Exception {
    for (Cut cut : cuts("io.caravanhub.edge.spool.CutOff")) {
      List<Long> kept = cut.found();
      TreeSet<Long> owed = new TreeSet<>();
      cut.told().stream().filter(n -> n > 0).forEach(owed::add);
      int acknowledged = owed.size();
      cut.told().stream().filter(n -> n < 0).forEach(n -> owed.remove(-n));
      System.out.printf(
          "%d acknowledged, %d of them not deleted, %d found%n",
          acknowledged, owed.size(), kept.size());
      assertThat(kept).doesNotHaveDuplicates();
      assertThat(new TreeSet<>(kept)).containsAll(owed);
    }
  }

  @Test
  void leavesAWholeConfigurationInForce() throws Exception {
    for (Cut cut : cuts("io.caravanhub.edge.manage.CutOffVersions")) {
      long told = cut.told().get(cut.told().size() - 1);
      System.out.printf("version %d was in force, %s is%n", told, cut.found());
      // The switch to the next may be on the disk before it is told.
      assertThat(cut.found().get(0)).isBetween(told, told + 1);
    }
  }

  /** What the process had told when the power went, and what was found afterwards. */
  private record Cut(List<Long> told, List<Long> found) {}

  private List<Cut> cuts(String program) throws Exception {
    Class<?> main = Class.forName(program);
    Path image = DiskOfItsOwn.ext4(folder.resolve("disk.img"), "48M");
    Path disk = folder.resolve("disk");
    Path numbers = folder.resolve("numbers");
    Random random = new Random();
    List<List<Long>> told = new ArrayList<>();
    Process process = DiskOfItsOwn.onImage(image, disk, main, "write", numbers.toString());
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.exists(numbers) && Files.size(numbers) > 20);
      for (int cut = 0; cut < CUTS; cut++) {
        TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(500));
        DiskOfItsOwn.cut(process, image, copy(cut), () -> told.add(numbers(numbers)));
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    List<Cut> cuts = new ArrayList<>();
    for (int cut = 0; cut < CUTS; cut++) {
      Path at = folder.resolve("after-" + cut);
      Path found = folder.resolve("found-" + cut);
      DiskOfItsOwn.finished(
          DiskOfItsOwn.onImage(copy(cut), at, main, "read", found.toString()), at);
      cuts.add(new Cut(told.get(cut), numbers(found)));
    }
    return cuts;
  }

  private Path copy(int cut) {
    return folder.resolve("cut-" + cut + ".img");
  }

  private static List<Long> numbers(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(Long::valueOf).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
