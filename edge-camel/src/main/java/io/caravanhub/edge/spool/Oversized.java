package io.caravanhub.edge.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that no batch can carry: each becomes a file of its own in {@code <spool>.oversized},
 * where a person finds it. Thread-safe.
 */
final class Oversized {
  private static final Logger LOG = LoggerFactory.getLogger(Oversized.class);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);

  /** Larger ones are not even tried to be packed: a gateway's heap is small. */
  private static final int BODY_MAX = 8 << 20;

  private static final int SURELY_FITS = 700_000;

  /** The hub's broker takes 1,048,576 bytes; the rest is for topic and what stands around. */
  private static final int PACKED_MAX = 1_000_000;

  private static final long KEPT_BYTES = 64L << 20;
  private static final long ROOM_BYTES = 16L << 20;

  private final Path folder;
  private final RecordCodec codec;
  private final SpoolCounts counts;
  private long number;

  Oversized(SpoolSettings settings, RecordCodec codec, SpoolCounts counts) {
    Path file = settings.file();
    this.folder = file.resolveSibling(file.getFileName() + ".oversized");
    this.codec = codec;
    this.counts = counts;
  }

  /** Whether a batch with this record alone reaches the hub. */
  static boolean fits(SpoolRecord record) {
    return record.body().length <= SURELY_FITS
        || record.body().length <= BODY_MAX && packed(record) <= PACKED_MAX;
  }

  private static long packed(SpoolRecord record) {
    long[] size = {0};
    OutputStream counter =
        new OutputStream() {
          @Override
          public void write(int b) {
            size[0]++;
          }

          @Override
          public void write(byte[] bytes, int from, int length) {
            size[0] += length;
          }
        };
    try (OutputStream gzip = new BatchGzip(counter);
        OutputStream out =
            record.kind() == RecordKind.RAW ? Base64.getEncoder().wrap(gzip) : gzip) {
      out.write(record.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return size[0];
  }

  /** Ends when the file is on the disk. */
  synchronized void keep(SpoolRecord record) throws IOException {
    Files.createDirectories(folder);
    boolean encrypts = codec.encrypts();
    byte[] bytes = encrypts ? codec.encode(record.device(), record.body()) : record.body();
    makeRoom(bytes.length);
    if (folder.toFile().getUsableSpace() < bytes.length + ROOM_BYTES) {
      throw new IOException("the disk is full");
    }
    String name =
        TIME.format(Instant.ofEpochMilli(record.received()))
            + "-"
            + ++number
            + "-"
            + record.device().replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^(.{64}).*", "$1")
            + (encrypts ? ".enc" : ".bin");
    Path part = folder.resolve(name + ".part");
    try (FileChannel channel =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Path file = folder.resolve(name);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    counts.oversized.incrementAndGet();
    LOG.error(
        "A message of {} with {} bytes is too large for the hub, and set aside as {}",
        record.device(),
        record.body().length,
        file);
  }

  /** The oldest go when all together are too many. */
  private void makeRoom(long wanted) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(folder)) {
      files = found.sorted().toList();
    }
    long bytes = wanted;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    for (Path oldest : files) {
      if (bytes <= KEPT_BYTES) {
        return;
      }
      bytes -= Files.size(oldest);
      Files.delete(oldest);
      counts.dropped.incrementAndGet();
      LOG.warn("Deletes {}: messages that are too large may take {} bytes", oldest, KEPT_BYTES);
    }
  }
}
