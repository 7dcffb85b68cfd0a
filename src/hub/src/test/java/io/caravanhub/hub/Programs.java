package io.caravanhub.hub;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of Debian that tests use where they are installed. */
public final class Programs {
  private Programs() {}

  /** Where the program is, if it is installed. */
  public static Optional<Path> find(String name) {
    return Stream.of("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Where the program is; the test is skipped where it is not installed.
   *
   * @param packages those that would bring it
   */
  public static Path require(String name, String packages) {
    Optional<Path> program = find(name);
    assumeTrue(
        program.isPresent(),
        "skipped: " + name + " is not installed (apt-get install " + packages + ")");
    return program.orElseThrow();
  }
}
