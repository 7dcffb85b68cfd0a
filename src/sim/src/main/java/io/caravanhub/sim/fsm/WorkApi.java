package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The API proper, with names as in TMF697: work orders with their checklists, quotes, tasks,
 * notifications, and the availability of parts.
 */
final class WorkApi {
  private static final Set<String> COLLECTIONS =
      Set.of("work-orders", "quotes", "tasks", "notifications", "parts");
  private static final Set<String> STATUSES =
      Set.of("acknowledged", "inProgress", "held", "completed", "cancelled");

  private final ObjectMapper json = new ObjectMapper();
  private final FieldService records;

  WorkApi(FieldService records) {
    this.records = records;
  }

  /** Whether a path belongs to this API. */
  boolean serves(List<String> path) {
    return !path.isEmpty() && COLLECTIONS.contains(path.get(0));
  }

  Answer answer(Request request) throws Problem, IOException {
    List<String> path = request.path();
    String collection = path.get(0);
    boolean checklist = path.size() == 3 && path.get(2).equals("checklist");
    boolean availability = path.equals(List.of("parts", "availability"));
    if (checklist) {
      object(collection, path.get(1));
    } else if (path.size() > 2) {
      throw notFound(path);
    }
    if (checklist || availability) {
      collection = String.join("/", path);
    }
    String call = request.method() + (checklist || availability ? 1 : path.size());
    return switch (call) {
      case "GET1" -> Answer.ok(list(collection, request));
      case "GET2" -> Answer.ok(object(collection, path.get(1)).body());
      case "PATCH2" -> Answer.ok(patch(collection, path.get(1), request.body()));
      case "POST1" -> post(collection, request);
      default ->
          throw new Problem(405, "Method not allowed", request.method() + " is not served here");
    };
  }

  private Answer post(String collection, Request request) throws Problem, IOException {
    String key = request.header("Idempotency-Key").orElse("").strip();
    if (key.isEmpty()) {
      throw new Problem(400, "Idempotency-Key required", "header Idempotency-Key: missing");
    }
    FieldService.Posted posted = records.post(collection, key, request.body());
    ObjectNode body = posted.object().body();
    if (collection.equals("parts/availability")) {
      body = Parts.withAvailability(body);
    }
    return posted.replayed()
        ? new Answer(200, Map.of("Idempotent-Replayed", "true"), body)
        : new Answer(201, Map.of("Location", body.path("href").asText()), body);
  }

  private ArrayNode list(String collection, Request request) {
    ArrayNode items = json.createArrayNode();
    records
        .list(collection, request.query("externalIdentifier").orElse(null))
        .forEach(object -> items.add(object.body()));
    return items;
  }

  private ObjectNode patch(String collection, String id, ObjectNode change)
      throws Problem, IOException {
    String status = change.path("status").asText();
    if (!STATUSES.contains(status)) {
      throw new Problem(
          400, "Bad request", "status: expected one of " + STATUSES + ", got \"" + status + "\"");
    }
    return records
        .changeStatus(collection, id, status)
        .orElseThrow(() -> notFound(List.of(collection, id)))
        .body();
  }

  private StoredObject object(String collection, String id) throws Problem {
    return records.find(collection, id).orElseThrow(() -> notFound(List.of(collection, id)));
  }

  private static Problem notFound(List<String> path) {
    return new Problem(404, "Not found", "/" + String.join("/", path) + " does not exist");
  }
}
