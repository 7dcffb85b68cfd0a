package io.caravanhub.testkit.connector;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes the folder of a new connector, which passes its own tests from the start. */
public final class Scaffold {
  private static final List<String> FILES =
      List.of(
          "README.md",
          "NAME.camel.yaml",
          "NAME-source.kamelet.yaml",
          "telemetry.jsonata",
          "samples/in/running.json",
          "samples/expected/running.json");

  private Scaffold() {}

  /** Writes the files of a webhook connector and returns them. */
  public static List<Path> write(Path folder, String name) {
    List<Path> written = new ArrayList<>();
    try {
      for (String file : FILES) {
        Path target = folder.resolve(file.replace("NAME", name));
        Files.createDirectories(target.getParent());
        written.add(
            Files.writeString(
                target, read(file).replace("@name@", name).replace("@Name@", title(name))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return written;
  }

  private static String read(String file) throws IOException {
    try (InputStream in = Scaffold.class.getResourceAsStream("webhook/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the kit lacks its template " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String title(String name) {
    return name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1);
  }
}
