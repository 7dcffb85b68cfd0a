package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.drop.DropRoot;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The folders that connections may read files from, if the operator allows any. Thread-safe. */
@Component
class DropFolders {
  private static final String NONE =
      "this hub reads no files: HUB_DROP_FOLDER is not set; its operator has to name a folder"
          + " there and start it again";

  private final @Nullable DropRoot root;

  DropFolders(@Value("${hub.drop.folder:}") String root) {
    this.root = root.isBlank() ? null : new DropRoot(Path.of(root));
  }

  /**
   * A tenant's folder of this name.
   *
   * @throws CloudException when there is none, or the name leads elsewhere
   */
  Path of(String tenant, String name) {
    if (root == null) {
      throw CloudException.wrong(NONE);
    }
    try {
      return root.folder(tenant, name);
    } catch (IllegalArgumentException e) {
      throw CloudException.wrong(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw CloudException.unavailable(
          "folder: cannot be made or read: " + e.getClass().getSimpleName(), null);
    }
  }

  /**
   * Looks at the settings of a connection that is to read files.
   *
   * @throws ProblemException when it could not
   */
  void require(Connector connector, Map<String, String> settings) {
    if (connector.stream() == null || connector.stream().drop() == null) {
      return;
    }
    if (root == null) {
      throw ProblemException.conflict("oem", NONE);
    }
    try {
      DropRoot.require(settings.getOrDefault("folder", ""));
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField(
          "settings/folder", String.valueOf(e.getMessage()).replaceFirst("^folder: ", ""));
    }
  }
}
