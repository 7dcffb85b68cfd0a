package io.caravanhub.hub.store;

import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.TimeUnit;
import com.jerolba.carpet.io.FileSystemInputFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/**
 * Writes a day of telemetry as Parquet, one file a tenant ({@code tenant/2026-01-31.parquet}), and
 * reads back what the target then holds. Not thread-safe.
 */
final class DayArchive {
  private static final String ROWS =
      """
      select coalesce(d.tenant_id, '_unknown'), d.id::text, d.serial, m.key, m.unit, t.ts, t.value, t.text_value, t.quality
        from telemetry t left join devices d on d.key = t.device_id left join metrics m on m.id = t.metric_id
       where t.ts >= ? and t.ts < ? and (?::text is null or d.tenant_id = ?)
       order by 1, t.device_id, t.metric_id, t.ts\
      """;
  private static final String COUNT =
      "select count(*) from telemetry t where t.ts >= ? and t.ts < ?";

  private final ArchiveTarget target;

  DayArchive(ArchiveTarget target) {
    this.target = target;
  }

  /**
   * Archives a day, of all tenants or of one.
   *
   * @return rows that the target holds now, as counted in what it gave back
   */
  long archive(Sql sql, LocalDate day, @Nullable String tenant) throws SQLException, IOException {
    Path folder = Files.createTempDirectory("archive");
    try {
      Map<String, Long> written = write(sql, day, tenant, folder);
      long again =
          sql.one(
              "select count(*) from telemetry_dropped where day = ? and archive is not null",
              row -> row.getLong(1),
              day);
      long rows = 0;
      for (Map.Entry<String, Long> file : written.entrySet()) {
        Path local = folder.resolve(file.getKey());
        String key = file.getKey() + "/" + day + (again == 0 ? "" : "-" + again) + ".parquet";
        target.put(key, local);
        target.fetch(key, local);
        long kept = rows(local);
        if (kept != file.getValue()) {
          throw new IOException(
              target + " holds " + kept + " rows of " + file.getValue() + " in " + key);
        }
        rows += kept;
        Files.delete(local);
      }
      return rows;
    } finally {
      deleteAll(folder);
    }
  }

  static long count(Sql sql, LocalDate day) throws SQLException {
    return sql.one(
        COUNT, row -> row.getLong(1), Limits.midnight(day), Limits.midnight(day.plusDays(1)));
  }

  /** Rows by tenant, each tenant's in a file of its name. */
  private static Map<String, Long> write(
      Sql sql, LocalDate day, @Nullable String tenant, Path folder)
      throws SQLException, IOException {
    Map<String, Long> written = new TreeMap<>();
    // Only in a transaction are rows handed over in pieces.
    sql.connection().setAutoCommit(false);
    CarpetWriter<ArchivedRow> writer = null;
    try (PreparedStatement statement = sql.connection().prepareStatement(ROWS)) {
      statement.setFetchSize(10_000);
      statement.setTimestamp(1, Timestamp.from(Limits.midnight(day)));
      statement.setTimestamp(2, Timestamp.from(Limits.midnight(day.plusDays(1))));
      statement.setString(3, tenant);
      statement.setString(4, tenant);
      try (ResultSet row = statement.executeQuery()) {
        String of = "";
        while (row.next()) {
          if (writer == null || !of.equals(row.getString(1))) {
            if (writer != null) {
              writer.close();
            }
            of = row.getString(1);
            writer = writer(folder.resolve(of));
          }
          writer.write(read(row));
          written.merge(of, 1L, Long::sum);
        }
      }
    } finally {
      if (writer != null) {
        writer.close();
      }
      sql.connection().rollback();
      sql.connection().setAutoCommit(true);
    }
    return written;
  }

  private static CarpetWriter<ArchivedRow> writer(Path file) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    return new CarpetWriter.Builder<>(out, ArchivedRow.class)
        .withConf(new PlainParquetConfiguration())
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .withDefaultTimeUnit(TimeUnit.MICROS)
        .build();
  }

  private static ArchivedRow read(ResultSet row) throws SQLException {
    double value = row.getDouble(7);
    boolean absent = row.wasNull();
    return new ArchivedRow(
        String.valueOf(row.getString(2)),
        String.valueOf(row.getString(3)),
        String.valueOf(row.getString(4)),
        row.getString(5),
        row.getTimestamp(6).toInstant(),
        absent ? null : value,
        row.getString(8),
        row.getInt(9));
  }

  private static long rows(Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            new FileSystemInputFile(file.toFile()),
            ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
      return reader.getRecordCount();
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Override
  public String toString() {
    return target.toString();
  }
}
