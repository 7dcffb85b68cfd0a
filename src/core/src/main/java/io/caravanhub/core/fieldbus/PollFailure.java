package io.caravanhub.core.fieldbus;

import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Says in a few words why a poll failed. */
final class PollFailure {
  private PollFailure() {}

  static String reason(@Nullable Throwable failure, PollTiming timing) {
    Throwable cause = failure;
    while (cause != null && cause.getCause() != null && isWrapper(cause)) {
      cause = cause.getCause();
    }
    if (cause == null) {
      return "unknown";
    }
    // Without a text it is the clock of the poll as a whole.
    if (cause instanceof TimeoutException && cause.getMessage() == null) {
      return "no answer within " + timing.deadline().toMillis() + " ms";
    }
    if (cause instanceof ClosedChannelException) {
      return "the connection was closed by the device";
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof CompletionException
        || failure instanceof ExecutionException
        || (!(failure instanceof ConnectException)
            && failure.getCause() instanceof ConnectException)
        || failure.getCause() instanceof ClosedChannelException;
  }
}
