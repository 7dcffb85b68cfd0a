package io.caravanhub.core.fsm;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call to a product.
 *
 * @param path appended to the base; {@code {name}}s in it are encoded for a URL
 * @param body file of the mapping that makes the body, or null for none
 * @param optional whether a product may go without it: what it refuses then has found nothing
 * @param id of what was made: JSON Pointer into the answer, or a text with {@code {name}}s
 */
public record FsmCall(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    @Nullable String body,
    boolean optional,
    @Nullable String id) {
  public FsmCall {
    method = method == null ? "GET" : method;
    FsmProductFile.demand(
        method.matches("GET|POST|PUT|PATCH"), "method", "expected GET, POST, PUT or PATCH");
    FsmProductFile.demand(path != null, "path", "is missing");
    query =
        query == null
            ? Map.of()
            : java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(query));
    headers = headers == null ? Map.of() : Map.copyOf(headers);
  }
}
