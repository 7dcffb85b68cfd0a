package io.caravanhub.edge.manage;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The file of a release: verified, then unpacked. */
final class Release {
  private static final long LARGEST_UNPACKED = 2L << 30;
  private static final int MOST_ENTRIES = 20_000;

  private Release() {}

  /** A release that must not be installed. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /**
   * Makes sure that it is the file that was announced, made by whoever has the private key.
   *
   * @throws RefusedException saying what is wrong
   */
  static void verify(Path file, String sha256, String signature, PublicKey key) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      try (InputStream in = Files.newInputStream(file)) {
        byte[] buffer = new byte[65_536];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
          check.update(buffer, 0, n);
        }
      }
      String found = HexFormat.of().formatHex(digest.digest());
      if (!found.equals(sha256)) {
        throw new RefusedException("its SHA-256 is " + found + ", announced was " + sha256);
      }
      if (!check.verify(Base64.getDecoder().decode(signature))) {
        throw new RefusedException("its signature is not of the key in manage.software.key");
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new RefusedException("its signature cannot be checked: " + e.getMessage());
    }
  }

  /**
   * Unpacks the tar.gz into a folder that is not there yet; what lies in one folder on top of the
   * archive comes out without it.
   *
   * @throws RefusedException when an entry leaves the folder or is no plain file, or the archive is
   *     damaged; another IOException is of the disk
   */
  static void unpack(Path file, Path folder) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    DurableFiles.delete(target);
    Files.createDirectories(target);
    long size = 0;
    int entries = 0;
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      TarReader tar = new TarReader(in);
      for (TarReader.Entry entry = tar.next(); entry != null; entry = tar.next()) {
        size += entry.size();
        if (size > LARGEST_UNPACKED || ++entries > MOST_ENTRIES) {
          throw new RefusedException("it holds more than 2 GiB or 20,000 files");
        }
        put(entry, target);
      }
    } catch (EOFException | ZipException | FileAlreadyExistsException e) {
      DurableFiles.delete(target);
      throw new RefusedException("it cannot be unpacked: " + e.getMessage());
    } catch (IOException e) {
      DurableFiles.delete(target);
      throw e;
    }
    DurableFiles.syncAll(target);
  }

  private static void put(TarReader.Entry entry, Path target) throws IOException {
    String name = entry.name();
    Path path = target.resolve(name).normalize();
    boolean escapes = name.startsWith("/") || !path.startsWith(target) || name.indexOf('\0') >= 0;
    for (String part : name.split("/", -1)) {
      escapes |= part.equals("..");
    }
    if (escapes) {
      throw new RefusedException("its entry " + name + " leaves the folder");
    }
    try (InputStream content = entry.content()) {
      if (content == null) {
        Files.createDirectories(path);
        return;
      }
      Files.createDirectories(path.resolveSibling(""));
      Files.copy(content, path);
    }
    if ((entry.mode() & 0100) != 0) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    // A power cut after the switch must not leave a slot of empty jars.
    DurableFiles.sync(path);
  }
}
