package io.caravanhub.edge.manage;

import io.caravanhub.core.bundle.Bundle;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code CutOffVersions FOLDER write NUMBERS} puts one version after the other in force and writes
 * down which are. {@code CutOffVersions FOLDER read NUMBERS} writes down the version that is, once
 * its files are found to be its own.
 */
final class CutOffVersions {
  private static final int FILES = 20;

  private CutOffVersions() {}

  public static void main(String[] args) throws Exception {
    Path disk = Path.of(args[0]);
    Path packaged = Files.createDirectories(disk.resolve("package"));
    VersionStore store = new VersionStore(disk.resolve("config"), packaged, null);
    store.open();
    if (args[1].equals("read")) {
      Bundle bundle = store.read(store.current());
      Set<String> texts = new HashSet<>(bundle.files().values());
      if (bundle.files().size() != FILES || !texts.equals(Set.of("n: " + store.current()))) {
        throw new IllegalStateException("version " + store.current() + " has " + bundle);
      }
      Files.writeString(Path.of(args[2]), store.current() + "\n");
      return;
    }
    try (FileOutputStream numbers = new FileOutputStream(args[2])) {
      for (int version = 1; ; version++) {
        Map<String, String> files = new TreeMap<>();
        for (int i = 0; i < FILES; i++) {
          files.put("maps/m" + i + ".yaml", "n: " + version);
        }
        store.write(version, Bundle.of(files));
        store.pending(new VersionStore.Pending(version, version - 1, Set.of(), true, 0));
        store.outcome(new VersionStore.Outcome(version, "applying", null, false));
        store.switchTo(version);
        numbers.write((version + "\n").getBytes(StandardCharsets.UTF_8));
        store.outcome(new VersionStore.Outcome(version, "healthy", null, true));
        store.endPending();
        store.prune(version - 1);
      }
    }
  }
}
