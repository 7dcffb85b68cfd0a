package io.caravanhub.core.fieldbus;

import com.digitalpetri.modbus.client.ModbusTcpClient;
import com.digitalpetri.modbus.exceptions.ModbusResponseException;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersResponse;
import com.digitalpetri.modbus.pdu.ReadInputRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadInputRegistersResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * A Modbus TCP connection to one unit. One request is out at a time, for many devices take no more.
 * A block the device refuses is read point by point from then on.
 */
final class ModbusLink implements DeviceLink {
  private final ModbusTcpClient client;
  private final int unit;
  private final boolean littleWords;
  private volatile List<RegisterBlock> blocks;

  ModbusLink(ModbusTcpClient client, int unit, DeviceMap map) {
    this.client = client;
    this.unit = unit;
    this.littleWords = map.littleWords();
    this.blocks = RegisterBlock.plan(map.points());
  }

  @Override
  public CompletableFuture<List<Reading>> read() {
    return readAll(blocks).thenApply(Exponents::apply);
  }

  private CompletableFuture<List<Reading>> readAll(List<RegisterBlock> wanted) {
    CompletableFuture<List<Reading>> all = CompletableFuture.completedFuture(new ArrayList<>());
    for (RegisterBlock block : wanted) {
      all =
          all.thenCompose(
              readings ->
                  read(block)
                      .thenApply(
                          more -> {
                            readings.addAll(more);
                            return readings;
                          }));
    }
    return all;
  }

  private CompletionStage<List<Reading>> read(RegisterBlock block) {
    return request(block)
        .thenApply(registers -> block.decode(registers, littleWords))
        .exceptionallyCompose(failure -> refused(block, failure));
  }

  private CompletionStage<byte[]> request(RegisterBlock block) {
    return switch (block.table()) {
      case HOLDING ->
          client
              .readHoldingRegistersAsync(
                  unit, new ReadHoldingRegistersRequest(block.address(), block.quantity()))
              .thenApply(ReadHoldingRegistersResponse::registers);
      case INPUT ->
          client
              .readInputRegistersAsync(
                  unit, new ReadInputRegistersRequest(block.address(), block.quantity()))
              .thenApply(ReadInputRegistersResponse::registers);
    };
  }

  private CompletionStage<List<Reading>> refused(RegisterBlock block, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof ModbusResponseException refusal)) {
      return CompletableFuture.failedFuture(cause == null ? failure : cause);
    }
    // Codes 1 to 3 are about what was asked for; the others say that the device cannot answer now.
    if (block.points().size() > 1 && refusal.getExceptionCode() <= 3) {
      List<RegisterBlock> singles = block.singles();
      List<RegisterBlock> next = new ArrayList<>(blocks);
      int at = next.indexOf(block);
      next.remove(at);
      next.addAll(at, singles);
      blocks = List.copyOf(next);
      return readAll(singles);
    }
    String reason = reason(block, refusal.getExceptionCode());
    return CompletableFuture.completedFuture(
        block.points().stream().map(point -> Reading.bad(point, reason)).toList());
  }

  private static String reason(RegisterBlock block, int code) {
    String name =
        com.digitalpetri.modbus.ExceptionCode.from(code)
            .map(known -> known.name().toLowerCase(Locale.ROOT).replace('_', ' '))
            .orElse("exception");
    return "the device refused register " + block.address() + ": " + name + " (" + code + ")";
  }

  @Override
  public void close() {
    client
        .disconnectAsync()
        .exceptionally(
            alreadyClosed -> {
              return null;
            });
  }
}
