package io.caravanhub.edge.rule;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries on disk, in blocks of {@code length, CRC-32, entries}: what a power cut or anything else
 * spoils ends the file there, and what was written before counts. Not thread-safe.
 */
final class JournalFile {
  private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);
  private static final int BLOCK = 1 << 16;
  private static final byte METRIC = 1;
  private static final byte NUMBER = 2;
  private static final byte TEXT = 3;
  private static final byte EVENT = 4;
  private static final byte HEARD = 5;
  private static final byte TOLD = 6;

  /** A metric's name with the unit of its values. */
  private record Named(String metric, @Nullable String unit) {}

  private final Path path;
  private final Map<Named, Integer> numbers = new HashMap<>();
  private final Map<Integer, Named> metrics = new HashMap<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
  private final DataOutputStream out = new DataOutputStream(bytes);
  private long size;
  private int named;

  /**
   * Goes on with the file, or begins it.
   *
   * @param taker is told what it holds
   */
  JournalFile(Path path, Consumer<JournalEntry> taker) throws IOException {
    this.path = path;
    if (Files.exists(path)) {
      read(taker);
      named = numbers.size();
      if (Files.size(path) > size) {
        cut();
      }
    }
  }

  long size() {
    return size + bytes.size();
  }

  /** Takes an entry; on disk after {@link #flush()}. */
  void add(JournalEntry entry) throws IOException {
    if (entry instanceof JournalEntry.Read read) {
      int metric = number(new Named(read.metric(), read.unit()));
      String text = read.text();
      out.writeByte(text == null ? NUMBER : TEXT);
      out.writeShort(metric);
      out.writeLong(read.time());
      if (text == null) {
        out.writeDouble(read.value());
      } else {
        out.writeUTF(text);
      }
    } else if (entry instanceof JournalEntry.Event event) {
      out.writeByte(EVENT);
      out.writeUTF(event.rule());
      out.writeLong(event.onset());
      out.writeLong(event.endedAt());
      out.writeInt(event.body().length);
      out.write(event.body());
    } else if (entry instanceof JournalEntry.Told) {
      out.writeByte(TOLD);
    } else if (entry instanceof JournalEntry.Heard heard) {
      out.writeByte(HEARD);
      out.writeLong(heard.time());
    }
    if (bytes.size() > BLOCK) {
      flush();
    }
  }

  private int number(Named metric) throws IOException {
    Integer known = numbers.get(metric);
    if (known != null) {
      return known;
    }
    int made = numbers.size();
    numbers.put(metric, made);
    out.writeByte(METRIC);
    out.writeUTF(metric.metric());
    out.writeUTF(metric.unit() == null ? "" : metric.unit());
    return made;
  }

  /** Writes what was added since the last time. */
  void flush() throws IOException {
    if (bytes.size() == 0) {
      return;
    }
    byte[] entries = bytes.toByteArray();
    ByteBuffer block = ByteBuffer.allocate(8 + entries.length);
    block.putInt(entries.length).putInt(crc(entries)).put(entries);
    try {
      Files.write(path, block.array(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      cut();
      throw e;
    }
    bytes.reset();
    size += block.capacity();
    named = numbers.size();
  }

  /** The same, through to the disk. */
  void sync() throws IOException {
    flush();
    if (Files.exists(path)) {
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
        file.force(true);
      }
    }
  }

  /** Nothing may follow half a block. What does not find room for long is given up. */
  private void cut() throws IOException {
    if (bytes.size() > 2 * BLOCK) {
      bytes.reset();
      numbers.values().removeIf(number -> number >= named);
    }
    if (Files.exists(path)) {
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
        file.truncate(size);
      }
    }
  }

  private static int crc(byte[] entries) {
    CRC32 crc = new CRC32();
    crc.update(entries);
    return (int) crc.getValue();
  }

  private void read(Consumer<JournalEntry> taker) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      while (true) {
        int length = in.readInt();
        int crc = in.readInt();
        byte[] entries = length <= 0 || length > 4 * BLOCK ? null : in.readNBytes(length);
        if (entries == null
            || entries.length < length
            || crc(entries) != crc
            || !entries(entries, taker)) {
          LOG.warn("{} is damaged and counts up to byte {}", path, size);
          return;
        }
        size += 8 + length;
      }
    } catch (EOFException e) {
      // the end
    }
  }

  /** False when they are of another make. */
  private boolean entries(byte[] entries, Consumer<JournalEntry> taker) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(entries))) {
      entries(in, taker);
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private void entries(DataInputStream in, Consumer<JournalEntry> taker) throws IOException {
    while (in.available() > 0) {
      byte kind = in.readByte();
      switch (kind) {
        case METRIC -> {
          String name = in.readUTF();
          String unit = in.readUTF();
          Named metric = new Named(name, unit.isEmpty() ? null : unit);
          metrics.put(metrics.size(), metric);
          numbers.put(metric, numbers.size());
        }
        case NUMBER, TEXT -> taker.accept(reading(kind, in));
        case EVENT ->
            taker.accept(
                new JournalEntry.Event(
                    in.readUTF(), in.readLong(), in.readLong(), in.readNBytes(in.readInt())));
        case TOLD -> taker.accept(new JournalEntry.Told());
        case HEARD -> taker.accept(new JournalEntry.Heard(in.readLong()));
        default -> throw new IOException(path + ": an entry of kind " + kind);
      }
    }
  }

  private JournalEntry reading(byte kind, DataInputStream in) throws IOException {
    Named metric = metrics.get(in.readUnsignedShort());
    if (metric == null) {
      throw new IOException(path + ": a reading of no metric");
    }
    long time = in.readLong();
    double value = kind == NUMBER ? in.readDouble() : Double.NaN;
    String text = kind == TEXT ? in.readUTF() : null;
    return new JournalEntry.Read(metric.metric(), metric.unit(), time, value, text);
  }
}
