package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the query parameters of an operation are for: pages, the time asked for, or neither. */
final class OpenApiQuery {
  private static final String SIZE =
      "(page_?)?(size|limit|count)|per_?page|perpage|max_?results|take|top";
  private static final String FROM =
      "(from|since|after|begin|start|updated_?since|modified_?since)(_?(date|time|timestamp|at|ts))*";
  private static final String UNTIL = "(to|until|till|before|end)(_?(date|time|timestamp|at|ts))*";

  private final ConnectorDraft draft;
  private final Schemas schemas;
  private final RequestDraft request;

  OpenApiQuery(ConnectorDraft draft, Schemas schemas, RequestDraft request) {
    this.draft = draft;
    this.schemas = schemas;
    this.request = request;
  }

  void read(String path, JsonNode operation, JsonNode shared, JsonNode answer) {
    Map<String, JsonNode> parameters = new LinkedHashMap<>();
    for (JsonNode list : new JsonNode[] {shared.path("parameters"), operation.path("parameters")}) {
      for (JsonNode declared : list) {
        JsonNode parameter = schemas.resolved(declared);
        if (parameter.path("in").asText().equals("query")) {
          parameters.put(parameter.path("name").asText(), parameter);
        }
      }
    }
    parameters.keySet().removeAll(draft.auth.query().keySet());
    paging(parameters, answer);
    since(parameters);
    for (Map.Entry<String, JsonNode> left : parameters.entrySet()) {
      if (left.getValue().path("required").asBoolean()) {
        String value =
            schemas
                .madeUp(
                    left.getValue().has("example")
                        ? left.getValue()
                        : left.getValue().path("schema"))
                .asText();
        request.query.put(left.getKey(), value);
        draft.byHand.add(
            "cloud.yaml: the parameter " + left.getKey() + " of " + path + " (now " + value + ")");
      }
    }
  }

  private void paging(Map<String, JsonNode> parameters, JsonNode answer) {
    String sizeName = take(parameters, SIZE);
    int size = sizeName == null ? 0 : size(parameters.get(sizeName));
    if (sizeName != null) {
      parameters.remove(sizeName);
    }
    String cursor =
        take(
            parameters,
            "cursor|next|next_?token|page_?token|continuation(_?token)?|starting_?after|after_?cursor");
    String page = take(parameters, "page(_?(number|no|index))?");
    String offset = take(parameters, "offset|skip|start_?at|start_?index");
    if (cursor != null) {
      String next = next(answer);
      request.page.put("kind", "cursor");
      request.page.put("query", cursor);
      request.page.put("next", next == null ? "/next" : next);
      parameters.remove(cursor);
      if (next == null) {
        draft.byHand.add(
            "cloud.yaml: where the answer of "
                + request.name
                + " has the cursor of the next page (now /next)");
      }
    } else if (page != null || offset != null) {
      String name = page != null ? page : offset;
      request.page.put("kind", page != null ? "number" : "offset");
      request.page.put("query", String.valueOf(name));
      request.page.put("size", size == 0 ? 100 : size);
      JsonNode schema = schemas.resolved(given(parameters, name).path("schema"));
      int first = schema.path("default").asInt(schema.path("minimum").asInt(page != null ? 1 : 0));
      if (first != (page != null ? 1 : 0)) {
        request.page.put("first", first);
      }
      parameters.remove(name);
      if (size == 0) {
        draft.byHand.add(
            "cloud.yaml: how many items a full page of " + request.name + " has (now 100)");
      }
    }
    if (sizeName != null && !request.page.isEmpty()) {
      request.query.put(sizeName, Integer.toString(size));
    }
  }

  private static JsonNode given(Map<String, JsonNode> parameters, @Nullable String name) {
    JsonNode parameter = parameters.get(name);
    return parameter == null ? MissingNode.getInstance() : parameter;
  }

  private int size(@Nullable JsonNode parameter) {
    JsonNode schema =
        schemas.resolved(parameter == null ? MissingNode.getInstance() : parameter.path("schema"));
    return schema.path("maximum").asInt(schema.path("default").asInt(100));
  }

  private static @Nullable String next(JsonNode answer) {
    return Leaves.of(answer).keySet().stream()
        .filter(
            p ->
                Names.plain(Leaves.last(p))
                    .matches(
                        "next(cursor|token|pagetoken|page)?|cursor|continuationtoken|pagetoken"))
        .findFirst()
        .orElse(null);
  }

  private void since(Map<String, JsonNode> parameters) {
    String from = take(parameters, FROM);
    if (from == null) {
      return;
    }
    JsonNode schema = schemas.resolved(given(parameters, from).path("schema"));
    String format = schema.path("format").asText();
    request.since.put("query", from);
    parameters.remove(from);
    String until = take(parameters, UNTIL);
    if (until != null) {
      request.since.put("until", until);
      parameters.remove(until);
    }
    request.since.put(
        "format",
        schema.path("type").asText().matches("integer|number")
            ? "seconds"
            : format.equals("date") ? "date" : "iso");
    request.since.put("first", "P1D");
    draft.byHand.add(
        "cloud.yaml: since of the request "
            + request.name
            + " (how far one question may reach: span; the field with an item's time: at)");
  }

  private static @Nullable String take(Map<String, JsonNode> parameters, String names) {
    return parameters.keySet().stream()
        .filter(
            n ->
                n.replaceAll("([a-z])([A-Z])", "$1_$2")
                    .toLowerCase(java.util.Locale.ROOT)
                    .replace('-', '_')
                    .matches(names))
        .findFirst()
        .orElse(null);
  }
}
