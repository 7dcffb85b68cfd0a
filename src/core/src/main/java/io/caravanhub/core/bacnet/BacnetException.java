package io.caravanhub.core.bacnet;

import java.io.IOException;

/** A request that a device did not do, with what it said about it. */
public final class BacnetException extends IOException {
  private static final long serialVersionUID = 1;

  /** How a request ended. */
  public enum Kind {
    /** The device answered with an Error (clause 20.1.7): code is the error code. */
    ERROR,
    /** The device could not make sense of the request (clause 20.1.8): code is the reason. */
    REJECT,
    /** The device, or this client, gave the transaction up (clause 20.1.9): code is the reason. */
    ABORT,
    /** Nothing came, retries included. */
    TIMEOUT,
    /** The answer could not be read, or is of something else than was asked for. */
    ANSWER,
    /** Too many requests wait already, or the client is closed. */
    UNAVAILABLE
  }

  private final Kind kind;
  private final int code;

  private BacnetException(Kind kind, int code, String message) {
    super(message);
    this.kind = kind;
    this.code = code;
  }

  static BacnetException error(int errorClass, int code) {
    return new BacnetException(
        Kind.ERROR, code, "the device answered " + BacnetNames.error(errorClass, code));
  }

  static BacnetException reject(int reason) {
    return new BacnetException(
        Kind.REJECT, reason, "the device rejected the request: " + BacnetNames.reject(reason));
  }

  static BacnetException abort(int reason) {
    return new BacnetException(
        Kind.ABORT, reason, "the device aborted the request: " + BacnetNames.abort(reason));
  }

  static BacnetException timeout(String message) {
    return new BacnetException(Kind.TIMEOUT, 0, message);
  }

  static BacnetException answer(String message) {
    return new BacnetException(Kind.ANSWER, 0, message);
  }

  static BacnetException unavailable(String message) {
    return new BacnetException(Kind.UNAVAILABLE, 0, message);
  }

  /** How the request ended. */
  public Kind kind() {
    return kind;
  }

  /** Error code or reason; 0 where there is none. */
  public int code() {
    return code;
  }

  /** Whether the device answered at all, though not with what was asked for. */
  public boolean isRefusal() {
    return kind == Kind.ERROR || kind == Kind.REJECT || kind == Kind.ABORT;
  }
}
