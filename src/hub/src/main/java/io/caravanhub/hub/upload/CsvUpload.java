package io.caravanhub.hub.upload;

import io.caravanhub.core.payload.BoundedText;
import io.caravanhub.core.payload.CsvHead;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.security.HubPrincipal;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Reads files of readings while they arrive: in memory is one chunk of rows, never the file. A row
 * is stored whole or refused whole. Thread-safe; takes a few files of each tenant at a time.
 */
@Component
public class CsvUpload {
  private static final Logger LOG = LoggerFactory.getLogger(CsvUpload.class);
  private static final int AT_ONCE = 3;

  private final RowReader rows;
  private final ChunkStore store;
  private final MeterRegistry meters;
  private final long limit;
  private final Places places = new Places(AT_ONCE);

  CsvUpload(
      RowReader rows,
      ChunkStore store,
      MeterRegistry meters,
      @Value("${hub.limits.upload-characters:1073741824}") long limit) {
    this.rows = rows;
    this.store = store;
    this.meters = meters;
    this.limit = limit;
    count(0);
  }

  private void count(long refused) {
    meters.counter("hub.ingest.rejected", "source", "csv").increment(refused);
  }

  /**
   * Reads a file (UTF-8; commas, semicolons or tabs) to its end or to where it cannot go on.
   *
   * @param caller whose devices the rows may be of
   * @param dryRun whether only to say what would become of it
   * @throws ProblemException when the header cannot be used, or too many files of the tenant are
   *     being read
   */
  public UploadReport read(InputStream file, HubPrincipal caller, boolean dryRun) {
    if (!places.take(caller.tenant())) {
      throw ProblemException.notNow(
          AT_ONCE + " files of the tenant are being read already; try again",
          Duration.ofSeconds(10));
    }
    try {
      Tally tally = new Tally(dryRun);
      BoundedText text =
          new BoundedText(new InputStreamReader(file, StandardCharsets.UTF_8), limit);
      try {
        read(new BufferedReader(text), text, caller, dryRun, tally);
      } catch (IOException e) {
        tally.stop(400, 1, "the file cannot be read: " + e.getMessage());
      }
      count(tally.refused());
      return tally.report();
    } finally {
      places.leave(caller.tenant());
    }
  }

  private void read(
      BufferedReader file, BoundedText text, HubPrincipal caller, boolean dryRun, Tally tally)
      throws IOException {
    char delimiter = CsvHead.delimiter(file);
    CSVParser parser = format(delimiter).parse(file);
    Iterator<CSVRecord> records = parser.iterator();
    if (!records.hasNext()) {
      throw ProblemException.badField("line 1", "expected a header, got an empty file");
    }
    Columns columns = Columns.of(records.next().toList());
    Chunk chunk = new Chunk();
    long line = 2;
    try {
      while (true) {
        text.recordRead();
        if (!records.hasNext()) {
          break;
        }
        CSVRecord row = records.next();
        line = parser.getCurrentLineNumber();
        tally.row();
        try {
          Telemetry telemetry =
              rows.read(row, columns, delimiter == ';', caller, dryRun ? tally : null);
          if (telemetry != null && !chunk.hasRoomFor(telemetry)) {
            store.store(chunk, tally);
          }
          if (dryRun) {
            tally.stored(1, 0, telemetry == null ? 0 : telemetry.measurements().size());
          } else if (telemetry != null) {
            chunk.add(line, telemetry);
          }
        } catch (UnusableMessageException e) {
          tally.refuse(line, e);
        }
        if (chunk.isFull()) {
          store.store(chunk, tally);
        }
      }
      store.store(chunk, tally);
    } catch (Exception e) {
      stop(tally, line, chunk, e);
    }
  }

  private static void stop(Tally tally, long last, Chunk chunk, Exception failure) {
    long line = chunk.line(last);
    Throwable cause =
        failure instanceof UncheckedIOException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    if (cause instanceof ProblemException problem && problem.retryAfter() != null) {
      String reason = problem.getMessage() + "; send the file again from this line";
      tally.stop(problem.status(), line, reason, problem.retryAfter());
    } else if (cause instanceof BoundedText.TooLarge) {
      tally.stop(413, line, String.valueOf(cause.getMessage()));
    } else if (cause instanceof IOException) {
      tally.stop(400, line, "the file cannot be read on: " + cause.getMessage());
    } else if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      tally.stop(503, line, "the hub is stopping; send the file again");
    } else {
      LOG.warn("An upload ends at line {}: {}", line, cause.toString());
      tally.stop(503, line, "the store is behind or away; send the file again after a while");
    }
  }

  private static CSVFormat format(char delimiter) {
    return CSVFormat.DEFAULT
        .builder()
        .setDelimiter(delimiter)
        .setIgnoreEmptyLines(true)
        .setTrailingData(true)
        .setLenientEof(true)
        .get();
  }
}
