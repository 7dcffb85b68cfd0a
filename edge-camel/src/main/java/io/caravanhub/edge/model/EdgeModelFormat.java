package io.caravanhub.edge.model;

import java.io.IOException;
import java.nio.file.Path;

/** Reads model files of one kind; found by {@link java.util.ServiceLoader}. */
public interface EdgeModelFormat {
  /** How its files' names end, for instance {@code .onnx}. */
  String extension();

  /**
   * Opens a file.
   *
   * @throws IOException saying in one line why it cannot
   */
  EdgeModel open(Path file) throws IOException;
}
