package io.caravanhub.core.mapping;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mapping's files as they were last looked at.
 *
 * @param stamp what changes when a file does: inode, size and time of its last change
 * @param lookedAt when it was looked at, nanoseconds of the catalogue's clock
 * @param good the last content that compiled
 * @param problem why the present content is refused
 */
record MappingFile(
    String stamp, long lookedAt, Optional<MappingSource> good, Optional<MappingProblem> problem) {
  private static final Logger LOG = LoggerFactory.getLogger(MappingFile.class);

  /** There is no such file now. */
  static MappingFile absent(long now) {
    return new MappingFile("", now, Optional.empty(), Optional.empty());
  }

  /**
   * Looks at the files of a mapping, of which at least one is there.
   *
   * @param expression the JSONata file
   * @param table the field table
   */
  static MappingFile read(
      String name, Path expression, Path table, @Nullable MappingFile before, long now) {
    Path path = Files.exists(expression) ? expression : table;
    Optional<MappingSource> last = before == null ? Optional.empty() : before.good();
    String stamp = "";
    try {
      stamp = stamp(expression) + stamp(table);
      if (before != null && before.stamp().equals(stamp)) {
        return new MappingFile(stamp, now, last, before.problem());
      }
      String content = Files.exists(expression) ? Files.readString(expression) : "";
      String fields = Files.exists(table) ? Files.readString(table) : null;
      String both = fields == null ? content : content + "\0" + fields;
      MappingSource source = new MappingSource(name, version(both), content, fields);
      if (last.isEmpty() || !last.get().equals(source)) {
        Mapping.compile(source);
        LOG.info("mapping {}: version {} from {}", name, source.version(), path);
        last = Optional.of(source);
      }
      return new MappingFile(stamp, now, last, Optional.empty());
    } catch (IOException e) {
      return refuse(stamp, now, last, new MappingProblem(name, path.toString(), e.toString()));
    } catch (MappingException e) {
      String reason = String.valueOf(e.getMessage());
      return refuse(stamp, now, last, new MappingProblem(name, path.toString(), reason));
    }
  }

  private static String stamp(Path path) throws IOException {
    if (!Files.exists(path)) {
      return "";
    }
    BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
    return now.fileKey() + " " + now.size() + " " + now.lastModifiedTime() + " ";
  }

  private static MappingFile refuse(
      String stamp, long now, Optional<MappingSource> last, MappingProblem problem) {
    LOG.warn(
        "{} refused, {}: {}",
        problem.origin(),
        last.map(good -> "version " + good.version() + " stays in use").orElse("none is in use"),
        problem.reason());
    return new MappingFile(stamp, now, last, Optional.of(problem));
  }

  private static String version(String content) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
