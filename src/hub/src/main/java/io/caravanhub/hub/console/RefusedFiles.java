package io.caravanhub.hub.console;

import java.util.List;

/** Which route files are not in force, and why. */
public interface RefusedFiles {
  /** Refused files in the order of their paths. */
  List<RefusedFile> list();
}
