package io.caravanhub.hub;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of Debian that tests use where they are installed. */
public final class Programs {
  private Programs() {}

  /**
   * Where the program is; the test is skipped where it is not installed.
   *
   * @param packages those that would bring it
   */
  public static Path require(String name, String packages) {
    for (String folder : List.of("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    assumeTrue(false, "skipped: " + name + " is not installed (apt-get install " + packages + ")");
    throw new IllegalStateException();
  }
}
