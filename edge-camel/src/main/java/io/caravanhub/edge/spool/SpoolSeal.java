package io.caravanhub.edge.spool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that the key is the one with which the file's records were encrypted, before anything
 * is done that would take them for damaged. The oldest and the newest records tell.
 *
 * @param codec with the right key
 * @param proven whether a record was read with it, or there is none that is encrypted; not when the
 *     file could not be looked into
 */
record SpoolSeal(RecordCodec codec, boolean proven) {
  private static final int LOOKED_AT = 3;

  /** So many different records that do not open are no accident. */
  private static final int ENOUGH = 3;

  private record Sample(String device, byte[] body) {}

  /**
   * Finds the key; makes it when it is asked for, not there, and no record needs one.
   *
   * @throws IllegalArgumentException when records are encrypted and the key is not there, or
   *     another
   */
  static SpoolSeal of(SpoolSettings settings) {
    Path keyFile = settings.encryptionKeyFile();
    boolean absent = keyFile == null || !Files.exists(keyFile);
    List<Sample> samples;
    try {
      samples = samples(settings.file());
    } catch (SQLException e) {
      if (keyFile != null && absent) {
        throw new IllegalArgumentException(
            "spool.encryptionKeyFile: "
                + keyFile
                + " is not there, and "
                + settings.file()
                + " cannot be read; put the key back, or move that file away to begin anew",
            e);
      }
      return new SpoolSeal(new RecordCodec(key(keyFile)), false);
    }
    if (samples.isEmpty()) {
      return new SpoolSeal(new RecordCodec(key(keyFile)), true);
    }
    if (!absent) {
      RecordCodec codec = new RecordCodec(key(keyFile));
      boolean opens = samples.stream().anyMatch(sample -> opens(codec, sample));
      if (opens || samples.size() < ENOUGH) {
        // So few may be damaged, and are then left out and counted.
        return new SpoolSeal(codec, opens);
      }
    }
    throw new IllegalArgumentException(
        "spool.encryptionKeyFile: the records in "
            + settings.file()
            + " are encrypted, and "
            + (keyFile == null
                ? "no key is set"
                : keyFile + (absent ? " is not there" : " is another key"))
            + "; put the right one back, or move that file away to begin anew");
  }

  private static @Nullable SecretKey key(@Nullable Path file) {
    return file == null ? null : SpoolKey.at(file);
  }

  private static boolean opens(RecordCodec codec, Sample sample) {
    try {
      codec.decode(sample.device, sample.body);
      return true;
    } catch (DamagedRecordException e) {
      return false;
    }
  }

  private static List<Sample> samples(Path file) throws SQLException {
    Map<Long, Sample> samples = new HashMap<>();
    if (!Files.exists(file)) {
      return List.of();
    }
    try (Connection connection = SpoolFile.connect(file);
        Statement sql = connection.createStatement()) {
      try (ResultSet table =
          sql.executeQuery("SELECT 1 FROM sqlite_master WHERE name = 'record'")) {
        if (!table.next()) {
          return List.of();
        }
      }
      for (String order : List.of("ASC", "DESC")) {
        try (ResultSet row =
            sql.executeQuery(
                "SELECT device, body, seq FROM record ORDER BY seq "
                    + order
                    + " LIMIT "
                    + LOOKED_AT)) {
          while (row.next()) {
            byte[] body = row.getBytes(2);
            if (body != null && RecordCodec.encrypted(body)) {
              samples.put(row.getLong(3), new Sample(String.valueOf(row.getString(1)), body));
            }
          }
        }
      }
    }
    return List.copyOf(samples.values());
  }
}
