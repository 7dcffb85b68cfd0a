package io.caravanhub.core.fieldbus;

/**
 * One or more Modbus registers that hold one number.
 *
 * @param table which registers
 * @param address of the first, from 0
 * @param type how they hold it
 */
record Register(Table table, int address, RegisterType type) {

  /** The tables of 16-bit registers (Modbus Application Protocol V1.1b3, clause 4.3). */
  enum Table {
    HOLDING,
    INPUT
  }

  /** The address after the last register. */
  int end() {
    return address + type.words();
  }
}
