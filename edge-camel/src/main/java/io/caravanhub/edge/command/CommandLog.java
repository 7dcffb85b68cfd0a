package io.caravanhub.edge.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of the last day and what became of them, one line each time something did. A line is
 * on the disk when the call returns: a command is tried after it is known to be begun, and never
 * again. Not thread-safe.
 */
final class CommandLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommandLog.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration REMEMBERED = Duration.ofDays(1);
  private static final int LINES_MAX = 20_000;

  private final Path file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private FileChannel channel;
  private int lines;

  /** A command that was begun; the answer is null until there is one. */
  private static final class Entry {
    final long at;
    @Nullable ObjectNode answer;
    boolean told;

    Entry(long at) {
      this.at = at;
    }
  }

  /** An answer that the hub has not taken yet. */
  record Untold(String id, byte[] answer) {}

  CommandLog(Path folder) throws IOException {
    Files.createDirectories(folder);
    file = folder.resolve("commands.log");
    if (Files.exists(file)) {
      for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
        read(line);
      }
    }
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      if (entry.getValue().answer == null) {
        entry.getValue().answer =
            answer(
                entry.getKey(),
                CommandOutcome.failed(
                    "the gateway stopped while it was written; the point may have the value"));
      }
    }
    channel = rewritten();
  }

  // The last line of a gateway without power may be half a line.
  private void read(String line) {
    if (line.isBlank()) {
      return;
    }
    try {
      JsonNode node = JSON.readTree(line);
      String id = node.path("id").asText();
      Entry entry = entries.computeIfAbsent(id, fresh -> new Entry(node.path("at").asLong()));
      if (node.path("answer") instanceof ObjectNode answer) {
        entry.answer = answer;
      }
      entry.told |= node.path("told").asBoolean();
    } catch (IOException e) {
      LOG.warn("{}: a line cannot be read and is left out", file);
    }
  }

  boolean knows(String id) {
    return entries.containsKey(id);
  }

  /** The hub asks again: its answer is told once more. */
  void tellAgain(String id) {
    Entry entry = entries.get(id);
    if (entry != null) {
      entry.told = false;
    }
  }

  /** Remembers that a command is about to be tried. */
  void begin(String id) throws IOException {
    Entry entry = new Entry(System.currentTimeMillis());
    append(line(id, entry));
    entries.put(id, entry);
  }

  /** Remembers what became of it. */
  void end(String id, CommandOutcome outcome) throws IOException {
    Entry entry = entries.computeIfAbsent(id, fresh -> new Entry(System.currentTimeMillis()));
    entry.answer = answer(id, outcome);
    append(line(id, entry));
  }

  /** The hub has the answer. */
  void told(String id) throws IOException {
    Entry entry = entries.get(id);
    if (entry != null) {
      entry.told = true;
      append(line(id, entry));
    }
  }

  /** The oldest answer that the hub has not taken, or null. */
  @Nullable Untold untold() throws IOException {
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      ObjectNode answer = entry.getValue().answer;
      if (answer != null && !entry.getValue().told) {
        return new Untold(entry.getKey(), JSON.writeValueAsBytes(answer));
      }
    }
    return null;
  }

  int waiting() {
    return (int)
        entries.values().stream().filter(entry -> entry.answer != null && !entry.told).count();
  }

  private static ObjectNode answer(String id, CommandOutcome outcome) {
    ObjectNode answer = JSON.createObjectNode().put("id", id);
    answer.put("state", outcome.state().label());
    answer.set("value", JSON.valueToTree(outcome.value()));
    return answer.put("reason", outcome.reason());
  }

  private static String line(String id, Entry entry) {
    ObjectNode line = JSON.createObjectNode().put("id", id).put("at", entry.at);
    if (entry.answer != null) {
      line.set("answer", entry.answer);
    }
    return (entry.told ? line.put("told", true) : line) + "\n";
  }

  private void append(String line) throws IOException {
    if (lines >= LINES_MAX) {
      channel.close();
      channel = rewritten();
    }
    channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
    channel.force(false);
    lines++;
  }

  /** The file anew with what is still remembered; answers not told are, however old. */
  private FileChannel rewritten() throws IOException {
    long oldest = System.currentTimeMillis() - REMEMBERED.toMillis();
    entries.values().removeIf(entry -> entry.at < oldest && entry.told);
    List<String> kept = new ArrayList<>();
    entries.forEach((id, entry) -> kept.add(line(id, entry)));
    Path fresh = file.resolveSibling("commands.log.new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      out.write(ByteBuffer.wrap(String.join("", kept).getBytes(StandardCharsets.UTF_8)));
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    lines = kept.size();
    return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
