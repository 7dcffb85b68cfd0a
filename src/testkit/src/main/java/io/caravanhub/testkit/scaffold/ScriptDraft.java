package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.testkit.scaffold.RequestDraft.Part;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The cloud that answers a draft's requests, as {@code samples/cloud.yaml} has it. */
final class ScriptDraft {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ConnectorDraft draft;
  private final String basePath;

  ScriptDraft(ConnectorDraft draft, String basePath) {
    this.draft = draft;
    this.basePath = basePath;
  }

  Map<String, Object> write() {
    Map<String, Object> script = new LinkedHashMap<>();
    Map<String, String> credentials = new LinkedHashMap<>();
    draft.auth.settings().forEach(s -> credentials.put(s.name(), s.test()));
    script.put("credentials", credentials);
    Map<String, Object> auth = new LinkedHashMap<>();
    if (!draft.auth.headers().isEmpty()) {
      auth.put("headers", draft.auth.headers());
    }
    if (!draft.auth.query().isEmpty()) {
      auth.put("query", draft.auth.query());
    }
    script.put("auth", auth);
    List<Object> calls = new ArrayList<>();
    if (!draft.auth.token().isEmpty()) {
      Map<String, Object> call = new LinkedHashMap<>();
      call.put("path", draft.auth.token());
      call.put("method", "POST");
      call.put("open", true);
      call.put("answer", Map.of("access_token", "token-of-the-test", "expires_in", 3600));
      calls.add(call);
    }
    for (RequestDraft request : draft.requests) {
      if (request.each == null) {
        calls.add(call(request.path, answer(request)));
      } else {
        children(request, calls);
      }
    }
    script.put("calls", calls);
    return script;
  }

  private Map<String, Object> call(String path, JsonNode answer) {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("path", basePath + path);
    call.put("answer", answer);
    return call;
  }

  /**
   * One call for each item of the request before; each has the part that names it, or one in turn.
   */
  private void children(RequestDraft request, List<Object> calls) {
    RequestDraft parents =
        draft.requests.stream().filter(r -> r.name.equals(request.each)).findFirst().orElseThrow();
    int turn = 0;
    for (Part parent : parents.parts) {
      java.util.regex.Matcher place =
          java.util.regex.Pattern.compile("\\{(/[^}]*)}").matcher(request.path);
      String id = place.find() ? parent.json().at(place.group(1)).asText() : "";
      Part own = request.parts.get(turn++ % request.parts.size());
      for (Part part : request.parts) {
        if (!id.isEmpty()
            && Leaves.of(part.json()).values().stream().anyMatch(v -> v.asText().equals(id))) {
          own = part;
        }
      }
      JsonNode ref = ref(request, own);
      calls.add(
          call(
              place.replaceAll(java.util.regex.Matcher.quoteReplacement(id)),
              request.items.isEmpty()
                  ? ref
                  : nested(request.items, JSON.createArrayNode().add(ref))));
    }
  }

  JsonNode answer(RequestDraft request) {
    if (request.answer == null) {
      ArrayNode all = JSON.createArrayNode();
      request.parts.forEach(p -> all.add(ref(request, p)));
      return nested(request.items, all);
    }
    Map<JsonNode, Part> known = new IdentityHashMap<>();
    request.parts.forEach(p -> known.put(p.json(), p));
    Map<JsonNode, Part> left = new IdentityHashMap<>(known);
    JsonNode copy = replaced(request, request.answer, known, left);
    lastPage(request, copy);
    if (!left.isEmpty()
        && !request.items.contains("*")
        && copy.at(request.items) instanceof ArrayNode list) {
      request.parts.stream()
          .filter(p -> left.containsKey(p.json()))
          .forEach(p -> list.add(ref(request, p)));
    }
    return copy;
  }

  /** Whatever page the sample was, the script has no more after it. */
  private static void lastPage(RequestDraft request, JsonNode answer) {
    String next = String.valueOf(request.page.getOrDefault("next", ""));
    if (next.startsWith("/")
        && answer.at(next.substring(0, next.lastIndexOf('/'))) instanceof ObjectNode holder) {
      holder.putNull(Leaves.last(next));
    }
  }

  /** A part is in the answer as the name of its sample; elements beyond those are left out. */
  private JsonNode replaced(
      RequestDraft request, JsonNode node, Map<JsonNode, Part> known, Map<JsonNode, Part> left) {
    Part part = known.get(node);
    if (part != null) {
      left.remove(node);
      return ref(request, part);
    }
    if (node instanceof ArrayNode array) {
      boolean list = false;
      for (JsonNode element : array) {
        list |= known.containsKey(element);
      }
      ArrayNode copy = JSON.createArrayNode();
      for (JsonNode element : array) {
        if (!list || known.containsKey(element)) {
          copy.add(replaced(request, element, known, left));
        }
      }
      return copy;
    }
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JSON.createObjectNode();
      object
          .properties()
          .forEach(f -> copy.set(f.getKey(), replaced(request, f.getValue(), known, left)));
      return copy;
    }
    return node;
  }

  private static JsonNode ref(RequestDraft request, Part part) {
    return request.mapping == null && !request.inventory
        ? part.json()
        : JSON.createObjectNode().put("$sample", sampleFile(request, part));
  }

  /** Without a telemetry mapping the parts are samples of the inventory. */
  static String sampleFile(RequestDraft request, Part part) {
    return (request.mapping == null ? "inventory" : request.mapping) + "." + part.name() + ".json";
  }

  private static JsonNode nested(String pointer, JsonNode inner) {
    JsonNode whole = inner;
    List<String> names = Leaves.names(pointer);
    for (int i = names.size() - 1; i >= 0; i--) {
      whole =
          names.get(i).equals("*")
              ? JSON.createArrayNode().add(whole)
              : JSON.createObjectNode().set(names.get(i), whole);
    }
    return whole;
  }
}
