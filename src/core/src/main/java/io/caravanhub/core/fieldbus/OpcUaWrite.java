package io.caravanhub.core.fieldbus;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ulong;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ushort;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UByte;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.ULong;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UShort;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.jspecify.annotations.Nullable;

/**
 * One value on its way into a server: written in the type the variable has now, read back and
 * compared (Part 4, clause 5.11.4).
 */
final class OpcUaWrite {
  private final OpcUaClient client;
  private final DevicePoint point;
  private final Object value;
  private final NodeId node;

  OpcUaWrite(OpcUaClient client, DevicePoint point, Object value) {
    this.client = client;
    this.point = point;
    this.value = value;
    this.node = OpcUaPlace.of(point).id(client.getNamespaceTable());
  }

  CompletableFuture<WriteResult> run() {
    return read()
        .thenCompose(
            before -> {
              Object raw;
              try {
                raw = raw(before.getValue().getValue());
              } catch (ArithmeticException | NumberFormatException e) {
                return refused("expected a number that fits, got " + value);
              } catch (IllegalArgumentException e) {
                return refused(String.valueOf(e.getMessage()));
              }
              return write(raw);
            });
  }

  private CompletableFuture<WriteResult> write(Object raw) {
    return client
        .writeValuesAsync(List.of(node), List.of(DataValue.valueOnly(new Variant(raw))))
        .thenCompose(
            results ->
                results.get(0).isBad()
                    ? refused("the server answered " + OpcUaValues.name(results.get(0)))
                    : read().thenApply(after -> compared(after, raw)));
  }

  private CompletableFuture<DataValue> read() {
    return client
        .readValuesAsync(0, TimestampsToReturn.Neither, List.of(node))
        .thenApply(values -> values.get(0));
  }

  private WriteResult compared(DataValue after, Object raw) {
    Reading now = OpcUaValues.reading(point, after);
    if (now.value() == null) {
      return WriteResult.failed(null, "it cannot be read back: " + now.reason());
    }
    return raw.equals(after.getValue().getValue())
        ? WriteResult.done(now.value())
        : WriteResult.failed(now.value(), "the server has " + now.value() + " after the write");
  }

  private Object raw(@Nullable Object before) {
    if (before instanceof String) {
      return value.toString();
    }
    if (before instanceof Boolean) {
      return number().signum() != 0;
    }
    if (value instanceof Boolean && point.states().isEmpty()) {
      throw new IllegalArgumentException("expected a number, got " + value);
    }
    if (before instanceof Double) {
      return number().doubleValue();
    }
    if (before instanceof Float) {
      return number().floatValue();
    }
    if (before == null) {
      throw new IllegalArgumentException(
          "the variable has no value now, so that its type is not known");
    }
    if (!(before instanceof Number)) {
      throw new IllegalArgumentException(
          "a " + before.getClass().getSimpleName() + " is not written");
    }
    BigDecimal whole = number().setScale(0, RoundingMode.HALF_UP);
    return before instanceof Byte
        ? whole.byteValueExact()
        : before instanceof Short
            ? whole.shortValueExact()
            : before instanceof Integer
                ? whole.intValueExact()
                : before instanceof Long ? whole.longValueExact() : unsigned(before, whole);
  }

  private static Object unsigned(Object before, BigDecimal whole) {
    if (before instanceof UByte) {
      return ubyte(whole.shortValueExact());
    }
    if (before instanceof UShort) {
      return ushort(whole.intValueExact());
    }
    if (before instanceof UInteger) {
      return uint(whole.longValueExact());
    }
    if (before instanceof ULong) {
      return ulong(whole.toBigIntegerExact());
    }
    throw new IllegalArgumentException(
        "a " + before.getClass().getSimpleName() + " is not written");
  }

  /** The value as the variable holds it: a state's number, or the number without scale. */
  private BigDecimal number() {
    if (value instanceof Boolean on) {
      return on ? BigDecimal.ONE : BigDecimal.ZERO;
    }
    if (!point.states().isEmpty()) {
      return point.states().entrySet().stream()
          .filter(state -> state.getValue().equals(value.toString()))
          .findFirst()
          .map(Map.Entry::getKey)
          .map(BigDecimal::new)
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "expected one of " + point.states().values() + ", got " + value));
    }
    return new BigDecimal(value.toString())
        .subtract(BigDecimal.valueOf(point.offset()))
        .divide(BigDecimal.valueOf(point.scale()), 12, RoundingMode.HALF_UP);
  }

  private static CompletableFuture<WriteResult> refused(String reason) {
    return CompletableFuture.completedFuture(WriteResult.refused(reason));
  }
}
