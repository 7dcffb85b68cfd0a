package io.caravanhub.hub.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** RFC 9457 problem documents. Thread-safe. */
public final class ProblemDocument {
  static final String TYPE = "application/problem+json";

  /** The path of a field; names of headers are none. */
  private static final Pattern FIELD =
      Pattern.compile("[a-z0-9_][A-Za-z0-9_]*([.\\[][A-Za-z0-9_\\]]+)*");

  private static final ObjectMapper JSON = new ObjectMapper();

  private ProblemDocument() {}

  /** The document, with a {@code pointer} where the field is one of the body. */
  static Map<String, Object> of(int status, @Nullable String detail, @Nullable String field) {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("type", "about:blank");
    problem.put("title", title(status));
    problem.put("status", status);
    problem.put("detail", detail);
    if (field != null) {
      problem.put("field", field);
      String pointer = pointer(field);
      if (!pointer.isEmpty()) {
        problem.put("pointer", pointer);
      }
    }
    return problem;
  }

  /** Answers a request outside of Camel's routes, with {@code Retry-After} when waiting helps. */
  public static void write(HttpServletResponse response, ProblemException cause)
      throws IOException {
    if (cause.retryAfter() != null) {
      response.setHeader("Retry-After", Long.toString(Math.max(1, cause.retryAfter().toSeconds())));
    }
    write(response, cause.status(), cause.getMessage(), cause.field());
  }

  static void write(
      HttpServletResponse response, int status, @Nullable String detail, @Nullable String field)
      throws IOException {
    response.setStatus(status);
    response.setContentType(TYPE);
    response.getOutputStream().write(JSON.writeValueAsBytes(of(status, detail, field)));
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

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Content";
      case 428 -> "Precondition Required";
      case 429 -> "Too Many Requests";
      case 503 -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }
}
