package io.caravanhub.hub.mapping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Samples that lie beside a mapping's files: {@code x.in.json}, {@code x.<case>.in.json}, and
 * {@code .in.csv} or {@code .in.bin} for payloads that are no JSON. Thread-safe.
 */
@Component
public class MappingSamples {
  private static final int MOST = 50;
  private static final long LONGEST = 256 * 1024;

  private final List<Path> roots;

  MappingSamples(
      @Value("${hub.mappings}") Path mappings, @Value("${hub.connectors}") Path connectors) {
    this.roots = List.of(mappings, connectors.resolve("oem"));
  }

  /**
   * A payload as a device sends it.
   *
   * @param name the file's name
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Sample(String name, byte[] payload) {}

  /** The samples of a mapping, by name; none where there are none. */
  public List<Sample> of(String given) {
    String mapping = MappingNames.read(given);
    List<Sample> found = new ArrayList<>();
    for (Path root : roots) {
      Path folder = root.resolve(mapping).getParent();
      String file = String.valueOf(Path.of(mapping).getFileName());
      Pattern sample = Pattern.compile(Pattern.quote(file) + "(\\.[^./]+)?\\.in\\.(json|csv|bin)");
      if (folder != null && Files.isDirectory(folder)) {
        found.addAll(below(folder, sample));
      }
    }
    return found;
  }

  private static List<Sample> below(Path folder, Pattern sample) {
    List<Sample> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        if (found.size() < MOST
            && sample.matcher(name).matches()
            && Files.isRegularFile(file)
            && Files.size(file) <= LONGEST) {
          found.add(new Sample(name, Files.readAllBytes(file)));
        }
      }
    } catch (IOException e) {
      // A folder that changes while it is read is read again at the next call.
      return found;
    }
    return found;
  }
}
