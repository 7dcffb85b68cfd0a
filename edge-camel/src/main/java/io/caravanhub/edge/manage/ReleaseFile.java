package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * The file of a release as it comes: {@code download-<version>.tar.gz}, with {@code .part} as long
 * as some of it is missing. Not thread-safe.
 */
final class ReleaseFile {
  private static final String NAME = "download-";

  private final Path folder;
  private final Path file;
  private final Path part;

  ReleaseFile(Path folder, String version) {
    this.folder = folder;
    this.file = folder.resolve(NAME + version + ".tar.gz");
    this.part = folder.resolve(NAME + version + ".tar.gz.part");
  }

  Path path() {
    return file;
  }

  boolean isWhole() {
    return Files.exists(file);
  }

  /**
   * Loads what is missing; goes on with what an earlier try has.
   *
   * @param release as the hub tells it
   * @param mostBytes more are refused early
   * @return whether some of the file is of an earlier try
   */
  boolean load(JsonNode release, HubApi hub, long mostBytes) throws IOException {
    forgetOthers();
    if (isWhole()) {
      return true;
    }
    long have = Files.exists(part) ? Files.size(part) : 0;
    long size = release.path("size").asLong(-1);
    if (have == 0 || have != size) {
      fetch(release.path("url").asText(), have, hub, mostBytes);
    }
    if (Files.size(part) < size) {
      throw new IOException(
          "the download broke off after %d of %d bytes".formatted(Files.size(part), size));
    }
    DurableFiles.sync(part);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    return have > 0;
  }

  private void fetch(String url, long have, HubApi hub, long mostBytes) throws IOException {
    HttpResponse<InputStream> response = hub.file(url, have);
    try (InputStream body = hub.patient(response.body())) {
      if (response.statusCode() == 416) {
        DurableFiles.delete(part);
        throw new IOException("the download begins anew: the file has changed");
      }
      if (response.statusCode() != 200 && response.statusCode() != 206) {
        throw new IOException("the file of the release: HTTP " + response.statusCode());
      }
      boolean goesOn = response.statusCode() == 206;
      long size = goesOn ? have : 0;
      try (OutputStream out =
          Files.newOutputStream(
              part,
              StandardOpenOption.CREATE,
              goesOn ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        byte[] buffer = new byte[65_536];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
          size += n;
          if (size > mostBytes) {
            throw new Release.RefusedException("it has more than " + mostBytes + " bytes");
          }
          out.write(buffer, 0, n);
        }
      }
    }
  }

  /** What there is of it goes. */
  void forget() throws IOException {
    DurableFiles.delete(part);
    DurableFiles.delete(file);
  }

  /** What is left of releases that are not wanted any more. */
  private void forgetOthers() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path path : all.toList()) {
        boolean download = path.getFileName().toString().startsWith(NAME);
        if (download && !path.equals(file) && !path.equals(part)) {
          DurableFiles.delete(path);
        }
      }
    }
  }
}
