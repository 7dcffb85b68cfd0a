package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A small file system in memory that can be filled to the last byte. Needs root to be mounted. */
record SmallDisk(Path folder) implements AutoCloseable {
  private static final int MEGABYTE = 1 << 20;

  /** Mounts it; without the right to do so, the test is skipped. */
  static SmallDisk mount(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    int code = run(List.of("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", folder.toString()));
    assumeThat(code).as("mounting a tmpfs wants root with CAP_SYS_ADMIN").isZero();
    return new SmallDisk(folder);
  }

  /** Takes whatever room is left. */
  void fill() throws IOException {
    for (int size = MEGABYTE; size > 0; size /= 16) {
      byte[] block = new byte[size];
      try (OutputStream file =
          Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (true) {
          file.write(block);
        }
      } catch (IOException e) {
        if (!String.valueOf(e.getMessage()).contains("No space left")) {
          throw e;
        }
      }
    }
  }

  /** Gives back what was taken. */
  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    free();
    run(List.of("umount", "-l", folder.toString()));
  }

  private static int run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }
}
