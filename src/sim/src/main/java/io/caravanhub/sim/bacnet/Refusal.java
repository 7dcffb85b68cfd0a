package io.caravanhub.sim.bacnet;

/** What cannot be done, as the client is told: an Error (0x50) or a Reject (0x60). */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int kind;
  private final int first;
  private final int second;

  Refusal(int kind, int first, int second) {
    super(kind + " " + first + " " + second, null, false, false);
    this.kind = kind;
    this.first = first;
    this.second = second;
  }

  /** An Error with class and code (clause 18). */
  static Refusal error(int errorClass, int code) {
    return new Refusal(0x50, errorClass, code);
  }

  int first() {
    return first;
  }

  int second() {
    return second;
  }

  byte[] apdu(int invokeId, int service) {
    return kind == 0x60
        ? new Octets().add(0x60, invokeId, first).all()
        : new Octets().add(0x50, invokeId, service).enumerated(first).enumerated(second).all();
  }
}
