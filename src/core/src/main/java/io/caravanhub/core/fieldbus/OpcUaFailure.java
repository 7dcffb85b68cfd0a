package io.caravanhub.core.fieldbus;

import java.util.concurrent.CompletionException;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;

/** Tells what a failed request says. */
final class OpcUaFailure {
  private OpcUaFailure() {}

  /** Whether the server has answered, with a fault, so that the connection can go on. */
  static boolean isAnswer(Throwable failure) {
    return cause(failure) instanceof UaServiceFaultException fault
        && !isLost(fault.getStatusCode().getValue());
  }

  private static boolean isLost(long code) {
    return code == org.eclipse.milo.opcua.stack.core.StatusCodes.Bad_SessionIdInvalid
        || code == org.eclipse.milo.opcua.stack.core.StatusCodes.Bad_SessionClosed
        || code == org.eclipse.milo.opcua.stack.core.StatusCodes.Bad_SecureChannelIdInvalid;
  }

  static CompletionException passedOn(Throwable failure) {
    return failure instanceof CompletionException wrapped
        ? wrapped
        : new CompletionException(failure);
  }

  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
