package io.caravanhub.hub.api;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.problem.ProblemDocument;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Turns what went wrong with a request into an RFC 9457 problem document. */
@Component("problems")
public class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  /** The path of a field; names of headers are none. */
  private static final Pattern FIELD =
      Pattern.compile("[a-z0-9_][A-Za-z0-9_]*([.\\[][A-Za-z0-9_\\]]+)*");

  private final Answers answers;

  public Problems(Answers answers) {
    this.answers = answers;
  }

  /** Answers a request outside of Camel's routes, with {@code Retry-After} when waiting helps. */
  public static void write(HttpServletResponse response, ProblemException cause)
      throws IOException {
    if (cause.retryAfter() != null) {
      response.setHeader("Retry-After", Long.toString(Math.max(1, cause.retryAfter().toSeconds())));
    }
    ProblemDocument.write(response, cause.status(), problem(cause));
  }

  /** Answers the failed exchange. */
  public void answer(Exchange exchange) {
    Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    Map<String, Object> problem = problem(cause);
    Message message = exchange.getMessage();
    message.setBody(problem);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, problem.get("status"));
    answers.write(exchange);
    message.setHeader(Exchange.CONTENT_TYPE, ProblemDocument.TYPE);
    if (cause instanceof ProblemException p && p.retryAfter() != null) {
      message.setHeader("Retry-After", Long.toString(Math.max(1, p.retryAfter().toSeconds())));
    } else if (Integer.valueOf(503).equals(problem.get("status"))) {
      message.setHeader("Retry-After", "2");
    }
  }

  private static Map<String, Object> problem(@Nullable Throwable cause) {
    if (cause instanceof ProblemException p) {
      return document(p.status(), p.getMessage(), p.field());
    }
    if (cause instanceof UnusableMessageException u) {
      return document(400, u.reason(), u.field());
    }
    if (cause instanceof AllRejectedException a) {
      Map<String, Object> problem = document(422, a.getMessage(), a.rejected().get(0).field());
      problem.put("rejected", a.rejected());
      return problem;
    }
    if (cause instanceof StoreBusyException
        || cause instanceof TransientDataAccessException
        || cause instanceof DataAccessResourceFailureException
        || cause instanceof CannotCreateTransactionException
        || cause instanceof TransactionSystemException
        || (cause instanceof SQLException e && isPassing(e))) {
      return document(503, "the store is behind or away; try again", null);
    }
    if (cause instanceof DataIntegrityViolationException d && isWrongData(d)) {
      return document(400, "holds a value that the store does not take", null);
    }
    if (cause instanceof DataIntegrityViolationException) {
      return document(409, "stands against what is stored already", null);
    }
    LOG.error("A request failed in an unexpected way", cause);
    return document(500, "unexpected; the hub's log has the details", null);
  }

  /** With a {@code pointer} where the field is one of the body. */
  private static Map<String, Object> document(
      int status, @Nullable String detail, @Nullable String field) {
    Map<String, Object> problem = ProblemDocument.of(status, detail, field);
    String pointer = field == null ? "" : pointer(field);
    if (!pointer.isEmpty()) {
      problem.put("pointer", pointer);
    }
    return problem;
  }

  /**
   * {@code rules[2].when.unit} as a JSON Pointer (RFC 6901), one as it is; empty when no field of
   * the body.
   */
  private static String pointer(String field) {
    if (field.startsWith("/")) {
      return field;
    }
    if (!FIELD.matcher(field).matches() || field.equals("body")) {
      return "";
    }
    return "/" + field.replace("]", "").replaceAll("[.\\[]", "/");
  }

  /**
   * Of a step that speaks JDBC itself. SQLSTATE classes of connections, of transactions that gave
   * way to another, of resources, of objects in use and of an operator's intervention.
   */
  private static boolean isPassing(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return Stream.of("08", "40", "53", "55", "57").anyMatch(state::startsWith);
  }

  /** SQLSTATE class 22, data exceptions. */
  private static boolean isWrongData(DataIntegrityViolationException e) {
    return e.getRootCause() instanceof SQLException cause
        && String.valueOf(cause.getSQLState()).startsWith("22");
  }
}
