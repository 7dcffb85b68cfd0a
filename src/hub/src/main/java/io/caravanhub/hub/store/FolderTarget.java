package io.caravanhub.hub.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** An archive in a folder. */
record FolderTarget(Path folder) implements ArchiveTarget {
  @Override
  public void put(String key, Path file) throws IOException {
    Path wanted = folder.resolve(key);
    Files.createDirectories(wanted.getParent());
    Path part = wanted.resolveSibling("." + wanted.getFileName() + ".part");
    Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part, wanted, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void fetch(String key, Path into) throws IOException {
    Files.copy(folder.resolve(key), into, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public String toString() {
    return "file:" + folder;
  }
}
