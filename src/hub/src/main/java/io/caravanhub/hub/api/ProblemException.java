package io.caravanhub.hub.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request that cannot be answered, as an RFC 9457 problem. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final @Nullable String field;
  private final @Nullable Duration retryAfter;

  private ProblemException(int status, @Nullable String field, String detail) {
    this(status, field, detail, null);
  }

  private ProblemException(
      int status, @Nullable String field, String detail, @Nullable Duration retryAfter) {
    super(detail);
    this.status = status;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  /** 400: the field is absent or cannot be used. */
  public static ProblemException badField(String field, String detail) {
    return new ProblemException(400, field, detail);
  }

  /** 403: the caller's role may do that, but not to this one. */
  public static ProblemException forbidden(String detail) {
    return new ProblemException(403, null, detail);
  }

  /** 404: there is no such thing, or not in this tenant. */
  public static ProblemException notFound(String what, String id) {
    return new ProblemException(404, null, "no " + what + " \"" + id + "\"");
  }

  /** 409: it stands against what is there. */
  public static ProblemException conflict(String field, String detail) {
    return new ProblemException(409, field, detail);
  }

  /** 412: it has changed since the caller looked; the detail says who changed it and when. */
  public static ProblemException changed(String detail) {
    return new ProblemException(412, "If-Match", detail);
  }

  /** 428: the call has to say which version it was made for. */
  public static ProblemException versionWanted(String detail) {
    return new ProblemException(428, "If-Match", detail);
  }

  /** 422: the message is understood, but cannot be used. */
  public static ProblemException unusable(String field, String detail) {
    return new ProblemException(422, field, detail);
  }

  /** 413: more than one request may carry. */
  public static ProblemException tooLarge(String field, String detail) {
    return new ProblemException(413, field, detail);
  }

  /** 429: more than the caller may send now; welcome again after this time. */
  public static ProblemException tooMany(String detail, Duration retryAfter) {
    return new ProblemException(429, null, detail, retryAfter);
  }

  /** 503: not now; welcome again after this time. */
  public static ProblemException notNow(String detail, Duration retryAfter) {
    return new ProblemException(503, null, detail, retryAfter);
  }

  /** When the caller is welcome again, or null when waiting does not help. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The field at fault, or null when no single one is. */
  public @Nullable String field() {
    return field;
  }
}
