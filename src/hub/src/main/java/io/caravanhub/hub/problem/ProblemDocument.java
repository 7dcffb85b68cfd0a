package io.caravanhub.hub.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes RFC 9457 problem documents. Thread-safe. */
public final class ProblemDocument {
  /** Their content type. */
  public static final String TYPE = "application/problem+json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ProblemDocument() {}

  /** The document; members may be added. */
  public static Map<String, Object> of(
      int status, @Nullable String detail, @Nullable String field) {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("type", "about:blank");
    problem.put("title", title(status));
    problem.put("status", status);
    problem.put("detail", detail);
    if (field != null) {
      problem.put("field", field);
    }
    return problem;
  }

  /** The document as JSON in UTF-8. */
  public static byte[] bytes(Map<String, Object> problem) throws JsonProcessingException {
    return JSON.writeValueAsBytes(problem);
  }

  /** Answers a request outside of Camel's routes. */
  public static void write(
      HttpServletResponse response, int status, @Nullable String detail, @Nullable String field)
      throws IOException {
    write(response, status, of(status, detail, field));
  }

  /** Answers a request outside of Camel's routes with this document. */
  public static void write(HttpServletResponse response, int status, Map<String, Object> problem)
      throws IOException {
    response.setStatus(status);
    response.setContentType(TYPE);
    response.getOutputStream().write(bytes(problem));
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
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
