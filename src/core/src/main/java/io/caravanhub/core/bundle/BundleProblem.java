package io.caravanhub.core.bundle;

import org.jspecify.annotations.Nullable;

/**
 * Why a file of a bundle cannot be used.
 *
 * @param file its path in the bundle
 * @param field path of the field at fault, for instance {@code points[2].unit}, or null
 * @param line counted from 1, or 0 where no line is at fault
 * @param detail what is wrong, in words
 */
public record BundleProblem(String file, @Nullable String field, int line, String detail) {

  /** The file as a JSON Pointer (RFC 6901) into {@code {"files": {…}}}. */
  public String pointer() {
    return "/files/" + file.replace("~", "~0").replace("/", "~1");
  }

  /** All of it but the file. */
  public String text() {
    String where = line > 0 ? "line " + line + ": " : "";
    return where + (field == null || field.isEmpty() ? "" : field + ": ") + detail;
  }

  @Override
  public String toString() {
    return file + ": " + text();
  }
}
