package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * An append-only file of JSON lines, on disk before {@link #append} returns. A last line torn by a
 * crash was never answered for and is cut off at the next start.
 */
final class Ledger implements AutoCloseable {
  private final ObjectMapper json = new ObjectMapper();
  private final List<ObjectNode> entries = new ArrayList<>();
  private final FileChannel channel;

  Ledger(Path file) throws IOException {
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel.truncate(readWholeLines(file));
    channel.position(channel.size());
  }

  /** What was in the file when it was opened, oldest first. */
  List<ObjectNode> entries() {
    return List.copyOf(entries);
  }

  /** Writes an entry and waits for the disk. */
  synchronized void append(ObjectNode entry) throws IOException {
    ByteBuffer line = ByteBuffer.wrap((entry + "\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
    channel.force(false);
  }

  private long readWholeLines(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        entries.add((ObjectNode) json.readTree(bytes, start, i - start));
        start = i + 1;
      }
    }
    return start;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
