package io.caravanhub.core.fieldbus;

/** The device answered with an exception (Modbus Application Protocol V1.1b3, clause 7). */
final class ModbusRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int code;

  ModbusRefusal(int code) {
    super("the device refused: " + ModbusPdu.exception(code), null, false, false);
    this.code = code;
  }

  int code() {
    return code;
  }

  /** Codes 10 and 11 are of a gateway that does not reach the device. */
  boolean isOfTheGateway() {
    return code == 10 || code == 11;
  }

  /** Codes 1 to 3 are about what was asked for; the others say that the device cannot now. */
  boolean isAboutTheRequest() {
    return code <= 3;
  }
}
