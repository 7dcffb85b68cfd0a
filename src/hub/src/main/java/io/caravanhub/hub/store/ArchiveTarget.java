package io.caravanhub.hub.store;

import java.io.IOException;
import java.nio.file.Path;

/** Where archived files go. A file is there whole or not at all. */
interface ArchiveTarget {

  /** Keeps the file under the key, a relative path with slashes. */
  void put(String key, Path file) throws IOException;

  /** Brings back what is kept under the key. */
  void fetch(String key, Path into) throws IOException;
}
