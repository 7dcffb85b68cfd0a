package io.caravanhub.core.fieldbus;

import java.util.concurrent.CompletableFuture;

/** Bytes to and from Modbus devices. Safe for many threads; never blocks. */
interface ModbusLine {
  void send(byte[] bytes);

  /** Closes it without waiting; the receiver hears no more. */
  void close();

  /** Hears what comes in, one call at a time. */
  interface Receiver {
    void received(byte[] bytes);

    /** The other side closed it, or it broke. */
    void closed(Throwable why);
  }

  /** Opens a line, without waiting. */
  interface Opener {
    CompletableFuture<ModbusLine> open(Receiver receiver);
  }
}
