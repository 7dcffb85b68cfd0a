package io.caravanhub.core.fieldbus;

import io.caravanhub.core.telemetry.Quality;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;

/** Makes readings of a server's values (Part 4, clause 7.7). */
final class OpcUaValues {
  private OpcUaValues() {}

  static Reading reading(DevicePoint point, DataValue value) {
    StatusCode status = value.getStatusCode();
    Object raw = value.getValue().getValue();
    if (status.isBad()) {
      return Reading.bad(point, "the server answered " + name(status));
    }
    if (raw == null) {
      return Reading.bad(point, "the server has no value");
    }
    Object plain = raw instanceof LocalizedText text ? String.valueOf(text.text()) : raw;
    if (status.isOverflowSet()) {
      return Reading.of(
          point, plain, Quality.SUSPECT, "the server's queue overflowed, changes were lost");
    }
    return status.isUncertain()
        ? Reading.of(point, plain, Quality.SUSPECT, "the server answered " + name(status))
        : Reading.of(point, plain);
  }

  /** When the value came about: by the source, else by the server, else now. */
  static Instant time(DataValue value, Instant now) {
    DateTime time = value.getSourceTime();
    if (time == null || time.isNull() || !time.isValid()) {
      time = value.getServerTime();
    }
    return time == null || time.isNull() || !time.isValid()
        ? now
        : time.getJavaInstant().truncatedTo(ChronoUnit.MICROS);
  }

  static String name(StatusCode status) {
    return StatusCodes.lookup(status.getValue()).map(known -> known[0]).orElse(status.toString());
  }
}
