package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.BacnetException;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.PropertyResult;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One value on its way into a property: written in the datatype the property has now, at the
 * point's priority, read back and compared. What a higher priority holds (clause 19.2) comes back
 * as it was, and the write has failed.
 */
final class BacnetWrite {
  private final BacnetDevice device;
  private final DevicePoint point;
  private final BacnetPlace place;
  private final Object value;

  BacnetWrite(BacnetDevice device, DevicePoint point, Object value) {
    this.device = device;
    this.point = point;
    this.place = BacnetPlace.of(point);
    this.value = value;
  }

  /**
   * @param now what the property holds before
   */
  CompletableFuture<WriteResult> run(PropertyResult now) {
    if (now.error() != null) {
      return refused(now.error());
    }
    BacnetValue wanted;
    try {
      wanted = likeThat(now.value().orElseThrow(() -> new IllegalArgumentException("a list")));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return refused(e);
    }
    return device
        .write(place.property(), wanted, place.priority())
        .thenApply(this::compared)
        .exceptionallyCompose(
            failure -> {
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              return cause instanceof BacnetException bacnet && bacnet.isRefusal()
                  ? refused(cause)
                  : CompletableFuture.failedFuture(cause);
            });
  }

  private static CompletableFuture<WriteResult> refused(Throwable why) {
    return CompletableFuture.completedFuture(WriteResult.refused(String.valueOf(why.getMessage())));
  }

  private BacnetValue likeThat(BacnetValue now) {
    if (now instanceof BacnetValue.Text) {
      return new BacnetValue.Text(value.toString());
    }
    BigDecimal raw = raw();
    if (now instanceof BacnetValue.Real) {
      return new BacnetValue.Real(raw.floatValue());
    }
    if (now instanceof BacnetValue.DoubleReal) {
      return new BacnetValue.DoubleReal(raw.doubleValue());
    }
    if (now instanceof BacnetValue.Bool) {
      return new BacnetValue.Bool(raw.signum() != 0);
    }
    long whole = raw.longValueExact();
    if (now instanceof BacnetValue.Signed) {
      return new BacnetValue.Signed(whole);
    }
    if (whole >= 0 && now instanceof BacnetValue.Unsigned) {
      return new BacnetValue.Unsigned(whole);
    }
    if (whole >= 0 && now instanceof BacnetValue.Enumerated) {
      return new BacnetValue.Enumerated(whole);
    }
    throw new IllegalArgumentException(place.shown() + " does not take " + value);
  }

  /** The value as the property holds it: a state's number, or the number without scale. */
  private BigDecimal raw() {
    if (value instanceof Boolean on) {
      return on ? BigDecimal.ONE : BigDecimal.ZERO;
    }
    String text = value.toString();
    if (!point.states().isEmpty()) {
      text =
          point.states().entrySet().stream()
              .filter(state -> state.getValue().equals(value.toString()))
              .findFirst()
              .map(Map.Entry::getKey)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "expected one of " + point.states().values() + ", got " + value));
      return new BigDecimal(text);
    }
    try {
      return new BigDecimal(text)
          .subtract(BigDecimal.valueOf(point.offset()))
          .divide(BigDecimal.valueOf(point.scale()), 12, RoundingMode.HALF_UP);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected a number, got " + value, e);
    }
  }

  private WriteResult compared(List<BacnetValue> values) {
    Reading now =
        BacnetReading.of(point, new PropertyResult(place.property(), values, null), null, null);
    if (now.value() == null) {
      return WriteResult.failed(null, "it cannot be read back: " + now.reason());
    }
    return isWanted(now.value())
        ? WriteResult.done(now.value())
        : WriteResult.failed(now.value(), "the property has " + now.value() + " after the write");
  }

  private boolean isWanted(Object now) {
    if (!(now instanceof Double number)) {
      return now.equals(value.toString())
          || value instanceof Boolean && now.equals(point.states().get(raw().toString()));
    }
    double wanted =
        value instanceof Boolean on ? (on ? 1 : 0) : Double.parseDouble(value.toString());
    // A Real keeps seven digits.
    return Math.abs(number - wanted) <= Math.abs(wanted) * 1e-6 + 1e-9;
  }
}
