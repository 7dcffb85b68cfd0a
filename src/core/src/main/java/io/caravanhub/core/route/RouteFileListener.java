package io.caravanhub.core.route;

/**
 * Is told what becomes of route files, in order, by the thread that loads them; it must be quick
 * and must not call the loader back.
 */
public interface RouteFileListener {
  /** The file's content is in force. */
  default void loaded(RouteFile file) {}

  /** The file was refused; routes of its last good version may still run. */
  default void refused(RouteFile file) {}

  /** The file is gone and so are its routes. */
  default void removed(RouteFile file) {}
}
