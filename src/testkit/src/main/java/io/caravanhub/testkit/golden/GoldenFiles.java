package io.caravanhub.testkit.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds golden files. Beside a device mapping {@code x.jsonata} or {@code x.fields.yaml} they are
 * {@code x.in.json} and {@code x.expected.json} (or {@code x.in.bin} and {@code x.in.csv} for
 * payloads that are no JSON), or {@code x.<case>.in.json} and so on; beside a register map {@code
 * x.modbus.yaml} {@code x.in.json} is a dump of registers; in a connector they have the same name
 * in {@code samples/in} and {@code samples/expected}.
 */
public final class GoldenFiles {
  private static final String MAPPING = ".jsonata";
  private static final String TABLE = ".fields.yaml";

  /** A register map is a mapping too: its payload is a dump of registers. */
  private static final String REGISTERS = ".modbus.yaml";

  /** In JSON; or as bytes or CSV, in the format that is declared beside the mapping. */
  private static final List<String> IN = List.of(".in.json", ".in.bin", ".in.csv");

  private static final String EXPECTED = ".expected.json";
  private static final List<String> ENDINGS =
      Stream.concat(IN.stream(), Stream.of(EXPECTED)).toList();

  private GoldenFiles() {}

  /**
   * The mappings of a folder and its subfolders, or the one file given: expressions, tables that
   * have no expression beside them, and register maps.
   */
  public static List<Path> mappings(Path path) {
    try (Stream<Path> files = Files.walk(path)) {
      return files.filter(file -> isMapping(file) || isRegisters(file)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a file is a mapping's first: an expression, or a table with none beside it. */
  public static boolean isMapping(Path file) {
    String name = file.toString();
    return name.endsWith(MAPPING)
        || name.endsWith(TABLE) && !Files.exists(file.resolveSibling(name(file) + MAPPING));
  }

  private static String name(Path mapping) {
    return base(
        mapping,
        Stream.of(TABLE, REGISTERS)
            .filter(ending -> mapping.toString().endsWith(ending))
            .findFirst()
            .orElse(MAPPING));
  }

  static boolean isRegisters(Path mapping) {
    return mapping.toString().endsWith(REGISTERS);
  }

  /** The cases beside a device mapping. */
  public static List<GoldenCase> beside(Path mapping) {
    String name = name(mapping);
    Path parent = mapping.getParent();
    Path folder = parent == null ? Path.of(".") : parent;
    Set<String> cases = new TreeSet<>();
    for (Path file : children(folder)) {
      String text = file.getFileName().toString();
      for (String ending : ENDINGS) {
        if (text.equals(name + ending) || text.startsWith(name + ".") && text.endsWith(ending)) {
          cases.add(text.substring(0, text.length() - ending.length()));
        }
      }
    }
    List<GoldenCase> found = new ArrayList<>();
    for (String text : cases) {
      found.add(
          new GoldenCase(mapping, text, input(folder, text), folder.resolve(text + EXPECTED)));
    }
    return found;
  }

  private static Path input(Path folder, String name) {
    return IN.stream()
        .map(ending -> folder.resolve(name + ending))
        .filter(Files::exists)
        .findFirst()
        .orElse(folder.resolve(name + IN.get(0)));
  }

  /**
   * The cases of a connector. With several mappings a sample belongs to the one whose name it
   * begins with: {@code alarms.door-open.json} to {@code alarms.jsonata}.
   */
  public static List<GoldenCase> ofConnector(Path connector) {
    List<Path> mappings = children(connector).stream().filter(GoldenFiles::isMapping).toList();
    Set<String> names = new TreeSet<>();
    for (String side : List.of("in", "expected")) {
      children(connector.resolve("samples").resolve(side)).stream()
          .map(p -> p.getFileName().toString())
          .filter(n -> n.endsWith(".json"))
          .forEach(names::add);
    }
    List<GoldenCase> found = new ArrayList<>();
    for (String name : names) {
      for (Path mapping : mappings) {
        if (mappings.size() == 1 || name.startsWith(name(mapping) + ".")) {
          Path samples = connector.resolve("samples");
          found.add(
              new GoldenCase(
                  mapping,
                  base(Path.of(name), ".json"),
                  samples.resolve("in").resolve(name),
                  samples.resolve("expected").resolve(name)));
        }
      }
    }
    return found;
  }

  private static String base(Path file, String ending) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - ending.length());
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
