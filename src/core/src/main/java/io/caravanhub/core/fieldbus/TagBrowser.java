package io.caravanhub.core.fieldbus;

import java.io.IOException;
import java.util.List;

/** Lists what a device offers to be read. */
public interface TagBrowser {
  /**
   * What is below a path.
   *
   * @param path of a folder, or empty for the top
   * @param limit most tags that are listed
   * @throws IOException saying why the device cannot be browsed
   */
  List<Tag> browse(FieldbusConnection connection, String path, int limit) throws IOException;
}
