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
 * notifications, activities, and parts: whether they are there, and orders of those that are not.
 */
final class WorkApi {
  private static final Set<String> COLLECTIONS =
      Set.of("work-orders", "quotes", "tasks", "notifications", "activities", "parts");

  private final ObjectMapper json = new ObjectMapper();
  private final FieldService records;
  private final Contract contract;

  WorkApi(FieldService records, Contract contract) {
    this.records = records;
    this.contract = contract;
  }

  /** Whether a path belongs to this API. */
  boolean serves(List<String> path) {
    return !path.isEmpty() && COLLECTIONS.contains(path.get(0));
  }

  Answer answer(Request request) throws Problem, IOException {
    List<String> path = request.path();
    String collection = path.get(0);
    boolean checklist = path.size() == 3 && path.get(2).equals("checklist");
    boolean parts =
        path.equals(List.of("parts", "availability")) || path.equals(List.of("parts", "orders"));
    if (checklist) {
      object(collection, path.get(1));
    } else if (path.size() > 2) {
      throw notFound(path);
    }
    if (checklist || parts) {
      collection = String.join("/", path);
    }
    String call = request.method() + (checklist || parts ? 1 : path.size());
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
    ObjectNode sent = request.body();
    contract.check("/" + collection, "post", sent);
    FieldService.Posted posted = records.post(collection, key, sent);
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
        .list(
            collection,
            request.query("externalIdentifier").orElse(null),
            request.query("assetRef").orElse(null))
        .forEach(object -> items.add(object.body()));
    return items;
  }

  private ObjectNode patch(String collection, String id, ObjectNode change)
      throws Problem, IOException {
    contract.check("/" + collection + "/{id}", "patch", change);
    return records
        .change(collection, id, change)
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
