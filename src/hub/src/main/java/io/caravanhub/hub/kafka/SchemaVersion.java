package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.UnusableMessageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a record's header {@code hub-schema} says: a name and a number, {@code normalized/1}. */
final class SchemaVersion {
  private static final Pattern VERSION = Pattern.compile("([a-z]+)/([1-9]\\d{0,5})");

  private SchemaVersion() {}

  /**
   * Looks whether a record can be read.
   *
   * @param written what the record says of itself; one that says nothing is taken for known
   * @param known what this hub reads
   * @throws UnusableMessageException that names both, and for one of a later hub the way out
   */
  static void check(@Nullable String written, String known) {
    if (written == null || written.equals(known)) {
      return;
    }
    throw new UnusableMessageException(
        KafkaTopics.SCHEMA,
        isLater(written, known)
            ? written
                + " is of a later version of the hub, this one reads "
                + known
                + ": upgrade the hubs of the role pipeline, then replay it"
            : "expected " + known + ", got \"" + written + "\"");
  }

  private static boolean isLater(String written, String known) {
    Matcher theirs = VERSION.matcher(written);
    Matcher ours = VERSION.matcher(known);
    return theirs.matches()
        && ours.matches()
        && theirs.group(1).equals(ours.group(1))
        && Integer.parseInt(theirs.group(2)) > Integer.parseInt(ours.group(2));
  }
}
