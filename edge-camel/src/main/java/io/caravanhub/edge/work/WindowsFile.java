package io.caravanhub.edge.work;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps open windows, and what could not be sent, on disk; written whole, replaced by rename. */
final class WindowsFile {
  private static final Logger LOG = LoggerFactory.getLogger(WindowsFile.class);
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private int lastHash;

  /** What is kept of one device. */
  record Kept(
      String tenant, String device, String source, List<Window.Kept> windows, List<String> unsent) {
    boolean isNothing() {
      return windows.isEmpty() && unsent.isEmpty();
    }
  }

  private record Content(List<Kept> devices) {}

  WindowsFile(Path folder) {
    file = folder.resolve("work-windows.json");
  }

  boolean exists() {
    return Files.exists(file);
  }

  /** What was kept; a file that cannot be read is set aside and told. */
  List<Kept> read() {
    try {
      return Files.exists(file)
          ? JSON.readValue(Files.readAllBytes(file), Content.class).devices()
          : List.of();
    } catch (IOException | RuntimeException e) {
      Path aside = file.resolveSibling("work-windows.unreadable");
      LOG.warn(
          "{} cannot be read, its windows are lost; it is now {}: {}", file, aside, e.toString());
      try {
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException unmovable) {
        LOG.warn("{} cannot be moved: {}", file, unmovable.toString());
      }
      return List.of();
    }
  }

  /** Keeps this in place of what was kept. */
  void write(List<Kept> devices) throws IOException {
    if (devices.hashCode() == lastHash && Files.exists(file)) {
      return;
    }
    if (devices.isEmpty()) {
      Files.deleteIfExists(file);
    } else {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path fresh = file.resolveSibling("work-windows.new");
      Files.write(fresh, JSON.writeValueAsBytes(new Content(devices)));
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
    lastHash = devices.hashCode();
  }
}
