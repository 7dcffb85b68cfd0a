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
 * A mapping's file as it was last looked at.
 *
 * @param stamp what changes when the file does: inode, size and time of its last change
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

  static MappingFile read(String name, Path path, @Nullable MappingFile before, long now) {
    Optional<MappingSource> last = before == null ? Optional.empty() : before.good();
    String stamp = "";
    try {
      BasicFileAttributes now0 = Files.readAttributes(path, BasicFileAttributes.class);
      stamp = now0.fileKey() + " " + now0.size() + " " + now0.lastModifiedTime();
      if (before != null && before.stamp().equals(stamp)) {
        return new MappingFile(stamp, now, last, before.problem());
      }
      String content = Files.readString(path);
      MappingSource source = new MappingSource(name, version(content), content);
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
