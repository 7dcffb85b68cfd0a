package io.caravanhub.core.fieldbus;

/**
 * One or more Modbus registers that hold one value, or one coil.
 *
 * @param table which registers
 * @param address of the first, from 0
 * @param type how they hold it
 * @param words how many they are
 */
record Register(Table table, int address, RegisterType type, int words) {

  Register(Table table, int address, RegisterType type) {
    this(table, address, type, type.words());
  }

  /** The tables of Modbus (Modbus Application Protocol V1.1b3, clause 4.3). */
  enum Table {
    HOLDING(3, 125),
    INPUT(4, 125),
    COIL(1, 2000),
    DISCRETE(2, 2000);

    private final int function;
    private final int largest;

    Table(int function, int largest) {
      this.function = function;
      this.largest = largest;
    }

    /** The function code that reads it. */
    int function() {
      return function;
    }

    /** How many may be read in one request (clauses 6.1 to 6.4). */
    int largest() {
      return largest;
    }

    boolean isBits() {
      return this == COIL || this == DISCRETE;
    }
  }

  /** The address after the last register. */
  int end() {
    return address + words;
  }

  String shown() {
    return (table.isBits() ? table.name().toLowerCase(java.util.Locale.ROOT) : "register")
        + " "
        + address;
  }
}
