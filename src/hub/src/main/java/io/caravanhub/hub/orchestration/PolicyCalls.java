package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The policy calls of the API. Thread-safe. */
@Component("policyCalls")
public class PolicyCalls {
  private final Policies policies;
  private final PolicyRows rows;
  private final PolicyEdits edits;
  private final ObjectMapper json;

  PolicyCalls(Policies policies, PolicyRows rows, PolicyEdits edits, ObjectMapper json) {
    this.policies = policies;
    this.rows = rows;
    this.edits = edits;
    this.json = json;
  }

  /**
   * A policy of a list.
   *
   * @param state {@code in force}, {@code off} or {@code refused}
   * @param source the file's path below the folder of policies, or {@code table}
   * @param policy as it is written; absent where it is refused
   * @param field at fault, where it is refused
   */
  @com.fasterxml.jackson.annotation.JsonInclude(
      com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL)
  public record Line(
      String state,
      String source,
      @Nullable Map<String, Object> policy,
      @Nullable String field,
      @Nullable Integer line,
      @Nullable String reason) {}

  /** {@code GET /policies}: those of the caller's tenant, by id, then what is refused and why. */
  public Page<Line> list() {
    Policies.Known known = policies.now(CallerContext.current().tenant());
    List<Line> lines = new ArrayList<>();
    for (Policies.Listed listed : known.listed()) {
      lines.add(
          new Line(
              listed.policy().enabled() ? "in force" : "off",
              listed.source(),
              listed.policy().written(),
              null,
              null,
              null));
    }
    for (RefusedPolicies refused : known.refused()) {
      lines.add(
          new Line(
              "refused",
              refused.source(),
              null,
              refused.field(),
              refused.line(),
              refused.reason()));
    }
    return new Page<>(lines, null);
  }

  /** {@code GET /policies/schema}: the JSON Schema of policies and their files. */
  public JsonNode schema() {
    try (InputStream schema =
        Objects.requireNonNull(getClass().getResourceAsStream("/schema/policies.schema.json"))) {
      return json.readTree(schema);
    } catch (IOException e) {
      throw new IllegalStateException("the schema of policies cannot be read", e);
    }
  }

  /** {@code GET /policies/{id}}: a policy of the tenant's own. */
  public PolicyView get(Exchange exchange, @Header("policyId") String id) {
    return tagged(
        exchange,
        edits
            .find(id)
            .orElseThrow(() -> ProblemException.notFound("policy of the tenant's own", id)));
  }

  /** {@code POST /policies}: JSON or YAML, one policy. */
  public PolicyView create(Exchange exchange, @Body byte @Nullable [] body) {
    return tagged(exchange, edits.create(body));
  }

  /** {@code PUT /policies/{id}}. */
  public PolicyView put(
      Exchange exchange, @Header("policyId") String id, @Body byte @Nullable [] body) {
    return tagged(exchange, edits.put(id, body, match(exchange)));
  }

  /** {@code DELETE /policies/{id}}. */
  public PolicyView delete(Exchange exchange, @Header("policyId") String id) {
    return edits.delete(id, match(exchange));
  }

  /** {@code GET /policies/{id}/versions}, newest first. */
  public Page<Object> versions(@Header("policyId") String id) {
    List<Object> versions = List.copyOf(rows.versions(id));
    if (versions.isEmpty()) {
      throw ProblemException.notFound("policy of the tenant's own", id);
    }
    return new Page<>(versions, null);
  }

  /** {@code GET /policy-books/{name}}. */
  public PolicyView book(Exchange exchange, @Header("bookName") String name) {
    return tagged(
        exchange,
        edits
            .book(name)
            .orElseThrow(() -> ProblemException.notFound("book of the tenant's own", name)));
  }

  /** {@code PUT /policy-books/{name}}: JSON or YAML. */
  public PolicyView putBook(
      Exchange exchange, @Header("bookName") String name, @Body byte @Nullable [] body) {
    return tagged(exchange, edits.putBook(name, body, match(exchange)));
  }

  /** {@code DELETE /policy-books/{name}}. */
  public PolicyView deleteBook(Exchange exchange, @Header("bookName") String name) {
    return edits.deleteBook(name, match(exchange));
  }

  private static PolicyView tagged(Exchange exchange, PolicyView view) {
    exchange.setProperty(Answers.TAG, view.tag());
    return view;
  }

  private static @Nullable String match(Exchange exchange) {
    return exchange.getMessage().getHeader("If-Match", String.class);
  }
}
