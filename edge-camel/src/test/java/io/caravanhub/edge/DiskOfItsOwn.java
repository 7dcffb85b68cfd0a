package io.caravanhub.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Java processes with a small file system that nobody else sees, in a mount name space that goes
 * with them. Where mounting is not allowed, tests that ask for it are skipped.
 */
public final class DiskOfItsOwn {
  private DiskOfItsOwn() {}

  /** A main class on a tmpfs of this size at a folder. */
  public static Process onTmpfs(Path at, String size, Class<?> main, String... arguments)
      throws Exception {
    Files.createDirectories(at);
    String mount = "mount -t tmpfs -o size=" + size + " tmpfs '" + at + "'";
    assumeTrue(
        works("unshare", "-rm", "sh", "-c", mount),
        "skipped: unshare -rm and mount -t tmpfs are not allowed here");
    return java(List.of("unshare", "-rm"), mount, at, main, arguments);
  }

  /** An ext4 of this size in a file, whose content is what a power cut would leave. */
  public static Path ext4(Path image, String size) throws Exception {
    assumeTrue(
        works("truncate", "-s", size, image.toString())
            && works("mkfs.ext4", "-q", "-F", image.toString()),
        "skipped: there is no mkfs.ext4 here");
    return image;
  }

  /** A main class on the file system in an image, at a folder. */
  public static Process onImage(Path image, Path at, Class<?> main, String... arguments)
      throws Exception {
    Files.createDirectories(at);
    // The kernel writes by itself as late as it may: what is not synced stays off the disk.
    String mount = "mount -o loop,commit=300 '" + image + "' '" + at + "'";
    assumeTrue(
        works("unshare", "-m", "sh", "-c", mount),
        "skipped: unshare -m and mount -o loop are not allowed here (they take root)");
    return java(List.of("unshare", "-m"), mount, at, main, arguments);
  }

  private static Process java(
      List<String> space, String mount, Path at, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(space);
    command.addAll(List.of("sh", "-c", mount + " && exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), main.getName(), at.toString()));
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(at.resolveSibling(at.getFileName() + ".log").toFile())
        .start();
  }

  /** What a process on a disk at this folder has said. */
  public static String log(Path at) throws IOException {
    return Files.readString(at.resolveSibling(at.getFileName() + ".log"));
  }

  /** Waits for the end, which must be a good one. */
  public static void finished(Process process, Path at) throws Exception {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(log(at)).isTrue();
    assertThat(process.exitValue()).as(log(at)).isZero();
  }

  /** Copies what is on the disk while the process stands still. */
  public static void cut(Process process, Path image, Path copy, Runnable meanwhile)
      throws Exception {
    assertThat(works("kill", "-STOP", String.valueOf(process.pid()))).isTrue();
    try {
      // What was on its way to the disk when it stopped arrives; nothing else does.
      TimeUnit.MILLISECONDS.sleep(30);
      meanwhile.run();
      Files.copy(image, copy);
    } finally {
      assertThat(works("kill", "-CONT", String.valueOf(process.pid()))).isTrue();
    }
  }

  private static boolean works(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
