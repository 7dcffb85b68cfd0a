package io.caravanhub.testkit.connector;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.drop.DropFolder;
import io.caravanhub.core.drop.DropPlan;
import io.caravanhub.core.drop.Dropped;
import io.caravanhub.core.drop.Rows;
import io.caravanhub.core.payload.PayloadException;
import io.caravanhub.core.stream.Folders;
import io.caravanhub.core.stream.StreamFile;
import io.caravanhub.core.stream.StreamPlan;
import io.caravanhub.testkit.connector.HeardStream.Heard;
import io.caravanhub.testkit.connector.HeardStream.Message;
import io.caravanhub.testkit.stream.StreamFault;
import io.caravanhub.testkit.stream.StreamScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Checks of a connector that reads files, with those of {@code samples/files}. */
final class FileChecks {
  private final ConnectorFolder connector;
  private final HeardChecks messages;
  private final StreamPlan plan;
  private final DropPlan drop;
  private final StreamScript script;
  private final Path samples;

  FileChecks(ConnectorFolder connector, RouteTrial routes) throws IOException {
    this.connector = connector;
    this.messages = new HeardChecks(connector, routes);
    this.plan = plan(connector).atOnce();
    this.drop = Objects.requireNonNull(plan.drop());
    this.script = StreamScript.read(connector.path());
    this.samples = connector.path().resolve("samples/files");
  }

  private static StreamPlan plan(ConnectorFolder connector) {
    return StreamFile.read(connector.path().resolve(StreamFile.NAME));
  }

  /** Whether it is such a connector. */
  static boolean reads(ConnectorFolder connector) {
    return plan(connector).type() == StreamPlan.Type.FILES;
  }

  List<Finding> findings() throws IOException {
    return List.of(
        stream(), credentials(), errors(), messages.inventory(plan), broken(), again(), empty());
  }

  /** A folder of the kit's own with the samples in it, each with the fault. */
  private interface Use {
    void with(Path folder) throws IOException;
  }

  private void play(StreamFault fault, Use use) throws IOException {
    Path folder = Files.createTempDirectory("file-drop");
    try {
      if (Files.isDirectory(samples)) {
        try (Stream<Path> files = Files.list(samples)) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            Files.write(
                folder.resolve(file.getFileName().toString()),
                changed(fault, Files.readAllBytes(file)));
          }
        }
      }
      use.with(folder);
    } finally {
      remove(folder);
    }
  }

  private static byte[] changed(StreamFault fault, byte[] file) {
    return switch (fault) {
      case TRUNCATED -> Arrays.copyOf(file, file.length / 2);
      case GARBAGE -> new byte[] {(byte) 0xff, 0, 123, (byte) 0xfe, 34};
      case EMPTY -> new byte[0];
      default -> file;
    };
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Reads the folder until so many rows came and, when they are to be done, no file is left. */
  private Heard read(Path folder, boolean acknowledges, int rows) throws IOException {
    Map<String, String> values = new HashMap<>(script.settings());
    values.putIfAbsent("folder", connector.name());
    Folders folders = name -> folder;
    return HeardStream.of(plan, values, "", acknowledges, rows, folders);
  }

  private List<Dropped> left(Path folder) throws IOException {
    return new DropFolder(folder, drop, false).all();
  }

  private int rows(Path folder, List<String> problems) throws IOException {
    int rows = 0;
    for (Dropped file : left(folder)) {
      try (Rows all = Rows.open(drop, file.path())) {
        while (all.next() != null) {
          rows++;
        }
      } catch (PayloadException e) {
        problems.add(file.name() + ": " + e.getMessage());
      }
    }
    return rows;
  }

  private Finding stream() throws IOException {
    List<String> problems = new ArrayList<>();
    int[] counts = new int[3];
    play(
        StreamFault.NONE,
        folder -> {
          counts[0] = left(folder).size();
          int rows = rows(folder, problems);
          if (rows == 0) {
            problems.add("samples/files: no file with rows that stream.yaml takes");
            return;
          }
          Heard heard = read(folder, true, rows);
          CloudException failure = heard.failure();
          if (failure != null) {
            problems.add("the folder failed: " + failure.reason());
          }
          counts[1] = heard.messages().size();
          for (Message message : heard.messages()) {
            counts[2] += messages.check(message, problems);
          }
          if (counts[2] == 0) {
            problems.add("nothing came to the channel raw");
          }
        });
    return new Finding(
        "stream",
        counts[0] + " files, " + counts[1] + " rows, " + counts[2] + " messages came of it",
        problems);
  }

  private Finding credentials() {
    return new Finding(Grade.SILVER, "auth", "a folder has no credentials", List.of());
  }

  private Finding errors() throws IOException {
    List<String> problems = new ArrayList<>();
    play(
        StreamFault.NONE,
        folder -> {
          remove(folder);
          Heard heard = read(folder, true, 1);
          if (heard.failure() == null) {
            problems.add("a folder that is gone was not told");
          }
          Files.createDirectory(folder);
        });
    return new Finding(Grade.SILVER, "errors", "a folder that is gone", problems);
  }

  private Finding broken() throws IOException {
    List<String> problems = new ArrayList<>();
    for (StreamFault fault : List.of(StreamFault.TRUNCATED, StreamFault.GARBAGE)) {
      play(fault, folder -> survived(problems, fault, folder));
    }
    return new Finding(Grade.GOLD, "broken", "cut and garbled files", problems);
  }

  private Finding empty() throws IOException {
    List<String> problems = new ArrayList<>();
    play(StreamFault.EMPTY, folder -> survived(problems, StreamFault.EMPTY, folder));
    return new Finding(Grade.GOLD, "empty", "empty files", problems);
  }

  /** Everything is put away, read or with a reason, and nothing ended the stream. */
  private void survived(List<String> problems, StreamFault fault, Path folder) throws IOException {
    // What comes of such a file is not known before: it is read until none is left.
    Heard heard = read(folder, true, rows(folder, new ArrayList<>()));
    if (heard.failure() != null) {
      problems.add(fault + ": the folder failed: " + heard.failure().reason());
    }
    if (fault == StreamFault.GARBAGE
        && heard.messages().stream()
            .map(Message::sorted)
            .filter(Objects::nonNull)
            .anyMatch(s -> s.parts().stream().anyMatch(p -> !p.device().isEmpty()))) {
      problems.add(fault + ": was taken for telemetry");
    }
  }

  private Finding again() throws IOException {
    List<String> problems = new ArrayList<>();
    play(
        StreamFault.NONE,
        folder -> {
          int rows = rows(folder, new ArrayList<>());
          List<Dropped> files = left(folder);
          // Only the first file is begun before something of it is done.
          int first = files.isEmpty() ? 0 : 1;
          read(folder, false, first);
          if (!left(folder).equals(files)) {
            problems.add("a file was put away before its rows were committed");
          }
          Heard second = read(folder, true, rows);
          if (second.messages().size() < rows) {
            problems.add("of " + rows + " rows " + second.messages().size() + " came again");
          }
        });
    return new Finding(Grade.GOLD, "again", "before its rows were committed", problems);
  }
}
