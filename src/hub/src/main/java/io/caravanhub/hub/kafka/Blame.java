package io.caravanhub.hub.kafka;

import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.connector.PassingFailure;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Whose fault it is when a stage fails with a record. */
enum Blame {
  /** Nobody's: all went well. */
  NOBODY,
  /** The record cannot be used, and the hub says why. */
  RECORD,
  /** Something that is away or full: the same may succeed later. */
  CIRCUMSTANCES,
  /** The hub did not expect it. Of a record that is sent alone, it is the record's. */
  UNKNOWN;

  static Blame of(@Nullable Throwable failure) {
    if (failure == null) {
      return NOBODY;
    }
    if (failure instanceof UnusableMessageException || failure instanceof MappingException) {
      return RECORD;
    }
    return !(failure instanceof Exception) || passes(failure) ? CIRCUMSTANCES : UNKNOWN;
  }

  private static boolean passes(Throwable failure) {
    if (PassingFailure.is(failure)) {
      return true;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StoreBusyException
          || cause instanceof KafkaException
          || cause instanceof DirectConsumerNotAvailableException
          || cause instanceof RejectedExecutionException
          || cause instanceof InterruptedException
          || cause instanceof TimeoutException
          || cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }
}
