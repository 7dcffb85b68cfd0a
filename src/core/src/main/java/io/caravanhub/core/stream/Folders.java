package io.caravanhub.core.stream;

import io.caravanhub.core.cloud.CloudException;
import java.nio.file.Path;

/** Where the folders of a connection lie. */
@FunctionalInterface
public interface Folders {
  /** For links that need none. */
  Folders NONE =
      name -> {
        throw CloudException.wrong("folder: there are none here");
      };

  /**
   * The folder that a setting names.
   *
   * @throws CloudException when it may not be used, with the way out
   */
  Path folder(String name);
}
