package io.caravanhub.core.fieldbus;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One value on its way into a device: written with function code 5, 6, 15 or 16, read back and
 * compared. Of a register of bits only the point's own are changed, by reading it first.
 */
final class ModbusWrite {
  private static final int COIL = 5;
  private static final int REGISTER = 6;
  private static final int COILS = 15;
  private static final int REGISTERS = 16;
  private static final int ON = 0xFF00;

  private final ModbusLink link;
  private final DevicePoint point;
  private final ModbusPlace place;
  private final Object value;

  ModbusWrite(ModbusLink link, DevicePoint point, Object value) {
    this.link = link;
    this.point = point;
    this.place = ModbusPlace.of(point);
    this.value = value;
  }

  CompletableFuture<WriteResult> run() {
    return begin().thenCompose(written -> readBack()).exceptionallyCompose(this::ended);
  }

  private CompletableFuture<byte[]> begin() {
    try {
      Register register = place.register();
      if (register.table() == Register.Table.INPUT || register.table() == Register.Table.DISCRETE) {
        throw new IllegalArgumentException(place.shown() + " is an input, which takes no writes");
      }
      if (place.exponent() != null || !place.flags().isEmpty()) {
        throw new IllegalArgumentException(
            place.shown() + " has an exponent or flags, which are read only");
      }
      if (register.type() == RegisterType.STRING) {
        throw new IllegalArgumentException(place.shown() + " is a text, which is read only");
      }
      BigDecimal raw = raw();
      if (register.table() == Register.Table.COIL) {
        return link.request(coil(raw.signum() != 0));
      }
      ModbusPlace.BitRange bits = place.bits();
      return bits == null
          ? link.request(registers(register.type().encode(raw, place.order())))
          : link.request(ModbusPdu.read(register.table(), register.address(), register.words()))
              .thenCompose(old -> link.request(registers(merged(old, raw, bits))));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private byte[] coil(boolean on) {
    int address = place.register().address();
    return place.map().writeMultiple()
        ? ModbusPdu.writeMultiple(COILS, address, 1, new byte[] {(byte) (on ? 1 : 0)})
        : ModbusPdu.writeSingle(COIL, address, on ? ON : 0);
  }

  private byte[] registers(byte[] bytes) {
    int address = place.register().address();
    return bytes.length > 2 || place.map().writeMultiple()
        ? ModbusPdu.writeMultiple(REGISTERS, address, bytes.length / 2, bytes)
        : ModbusPdu.writeSingle(REGISTER, address, ModbusFraming.word(bytes, 0));
  }

  private byte[] merged(byte[] old, BigDecimal wanted, ModbusPlace.BitRange bits) {
    long most = bits.mask();
    if (wanted.signum() < 0 || wanted.compareTo(BigDecimal.valueOf(most)) > 0) {
      throw new IllegalArgumentException(
          "the bits hold 0 to " + most + ", not " + wanted.toPlainString());
    }
    Register register = place.register();
    long before =
        ((Number) register.type().decode(old, 0, register.words(), place.order())).longValue();
    long after = (before & ~(most << bits.from())) | (wanted.longValue() << bits.from());
    byte[] bytes = new byte[2 * register.words()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[bytes.length - 1 - i] = (byte) (after >> (8 * i));
    }
    return place.order().arrange(bytes, 0, register.words());
  }

  /** The value as the register holds it: a state's number, or the number without scale. */
  private BigDecimal raw() {
    if (value instanceof Boolean on) {
      return on ? BigDecimal.ONE : BigDecimal.ZERO;
    }
    if (!point.states().isEmpty()) {
      String wanted = String.valueOf(value);
      return point.states().entrySet().stream()
          .filter(state -> state.getValue().equals(wanted))
          .findFirst()
          .map(Map.Entry::getKey)
          .map(BigDecimal::new)
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "expected one of " + point.states().values() + ", got " + wanted));
    }
    try {
      return new BigDecimal(value.toString())
          .subtract(BigDecimal.valueOf(point.offset()))
          .divide(BigDecimal.valueOf(point.scale()), 12, RoundingMode.HALF_UP)
          .stripTrailingZeros();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("expected a number, got " + value, e);
    }
  }

  private CompletableFuture<WriteResult> readBack() {
    RegisterBlock block = RegisterBlock.plan(List.of(point)).get(0);
    return link.request(ModbusPdu.read(block.table(), block.address(), block.quantity()))
        .thenApply(bytes -> compared(block.decode(bytes).get(0)));
  }

  private WriteResult compared(Reading now) {
    if (now.value() == null) {
      return WriteResult.failed(null, "it cannot be read back: " + now.reason());
    }
    return isWanted(now.value())
        ? WriteResult.done(now.value())
        : WriteResult.failed(now.value(), "the device has " + now.value() + " after the write");
  }

  private boolean isWanted(Object now) {
    if (value instanceof Boolean on) {
      return now instanceof Double number ? (number != 0) == on : raw().toString().equals(now);
    }
    if (!(now instanceof Double number)) {
      return now.equals(String.valueOf(value));
    }
    double wanted = Double.parseDouble(value.toString());
    // A float keeps seven digits, and an integer its nearest step.
    double step = place.register().type().isInteger() ? Math.abs(point.scale()) / 2 : 0;
    return Math.abs(number - wanted) <= Math.max(step, Math.abs(wanted) * 1e-6) + 1e-9;
  }

  private CompletableFuture<WriteResult> ended(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ModbusRefusal || cause instanceof IllegalArgumentException
        ? CompletableFuture.completedFuture(WriteResult.refused(String.valueOf(cause.getMessage())))
        : CompletableFuture.failedFuture(cause == null ? failure : cause);
  }
}
