package io.caravanhub.core.drop;

import io.caravanhub.core.payload.BoundedText;
import io.caravanhub.core.payload.PayloadException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of one file, read while they are asked for: the file is never in memory as a whole. */
public interface Rows extends AutoCloseable {
  /**
   * Opens a file in UTF-8; a symbolic link is none.
   *
   * @throws PayloadException when its beginning is not what is declared
   */
  static Rows open(DropPlan plan, Path file) throws IOException {
    var bytes =
        Channels.newInputStream(
            Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    try {
      BoundedText text =
          new BoundedText(new InputStreamReader(bytes, StandardCharsets.UTF_8), Long.MAX_VALUE);
      return switch (plan.format().of(file.getFileName().toString())) {
        case JSON -> new JsonRows(plan.items(), text);
        case JSONL -> new LineRows(text);
        default -> new CsvRows(plan, text);
      };
    } catch (PayloadException | IOException e) {
      bytes.close();
      throw e;
    }
  }

  /**
   * The next row, or null after the last.
   *
   * @throws PayloadException when the file cannot be read on from here
   */
  @Nullable Row next() throws IOException;

  @Override
  void close() throws IOException;
}
