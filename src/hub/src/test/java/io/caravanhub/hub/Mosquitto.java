package io.caravanhub.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Mosquitto's own clients, as a user of the hub has them. */
public final class Mosquitto {
  /** How a client ended, and what it said. */
  public record Ended(int status, String said) {}

  private Mosquitto() {}

  /** A program of the Debian package; the test is skipped where it is not installed. */
  public static Path program(String name) {
    return Programs.require(name, "mosquitto mosquitto-clients");
  }

  /** Runs mosquitto_pub to its end. */
  public static Ended publish(String... arguments) throws IOException, InterruptedException {
    return run("mosquitto_pub", arguments);
  }

  /** Runs mosquitto_sub to its end. */
  public static Ended subscribe(String... arguments) throws IOException, InterruptedException {
    return run("mosquitto_sub", arguments);
  }

  private static Ended run(String name, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program(name).toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return new Ended(-1, "did not end within 60 s");
    }
    return new Ended(
        process.exitValue(),
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }
}
