package io.caravanhub.sim.modbus;

import io.caravanhub.sim.plant.HvacReading;
import java.nio.ByteBuffer;

/**
 * The holding registers of a Norvane RX500, as its manual lists them and {@code
 * mappings/norvane/rx500.modbus.yaml} reads them.
 *
 * <p>Registers 0-11 hold float32 values, high word first; 20-27 hold 16-bit integers scaled by the
 * factor in the manual; all others up to 63 are reserved and read as zero.
 */
final class Rx500Registers {
  /** Number of registers the device has; an access beyond is an illegal data address. */
  static final int COUNT = 64;

  private Rx500Registers() {}

  /** All registers, two bytes each, big-endian. */
  static byte[] of(HvacReading reading) {
    ByteBuffer registers = ByteBuffer.allocate(2 * COUNT);
    registers
        .putFloat((float) reading.suctionPressure())
        .putFloat((float) reading.dischargePressure())
        .putFloat((float) reading.superheat())
        .putFloat((float) reading.compressorCurrent())
        .putFloat((float) reading.power())
        .putFloat((float) reading.runtime());
    registers.position(2 * 20);
    registers
        .putShort(scaled(reading.supplyAirTemp(), 0.01))
        .putShort(scaled(reading.returnAirTemp(), 0.01))
        .putShort(scaled(reading.outdoorAirTemp(), 0.01))
        .putShort(scaled(reading.coilTemp(), 0.01))
        .putShort(scaled(reading.coolingSetpoint(), 0.1))
        .putShort(scaled(reading.fanCurrent(), 0.01))
        .putShort(scaled(reading.filterPressureDrop(), 0.1))
        .putShort((short) (reading.compressorOn() ? 1 : 0));
    return registers.array();
  }

  private static short scaled(double value, double scale) {
    return (short) Math.rint(value / scale);
  }
}
