package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The field-service system's records. The same Idempotency-Key in the same collection never makes a
 * second object, also across restarts. Safe for use by many threads.
 */
final class FieldService implements AutoCloseable {
  private static final Map<String, String> PREFIXES =
      Map.of(
          "work-orders", "WO",
          "quotes", "QU",
          "tasks", "TK",
          "notifications", "NT",
          "activities", "AC",
          "parts/availability", "PQ",
          "parts/orders", "PO");
  private static final int FIRST_NUMBER = 1001;

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, StoredObject> byId = new LinkedHashMap<>();
  private final Map<String, String> idByKey = new HashMap<>();
  private final Set<String> externalIdentifiers = new HashSet<>();
  private final Ledger ledger;
  private final Clock clock;
  private int duplicates;
  private int replays;

  /**
   * What a POST came to.
   *
   * @param object the stored one
   * @param replayed whether it had been stored before
   */
  record Posted(StoredObject object, boolean replayed) {}

  FieldService(Ledger ledger, Clock clock) {
    this.ledger = ledger;
    this.clock = clock;
    ledger.entries().forEach(this::apply);
  }

  /** Stores what was sent, unless its key is known already. */
  synchronized Posted post(String collection, String key, ObjectNode sent) throws IOException {
    String known = idByKey.get(collection + " " + key);
    if (known != null) {
      return new Posted(record(entry("replayed", known)), true);
    }
    String id = PREFIXES.getOrDefault(collection, "FS") + "-" + (FIRST_NUMBER + byId.size());
    ObjectNode created = entry("created", id).put("collection", collection).put("key", key);
    created.set("body", sent);
    return new Posted(record(created), false);
  }

  /** Changes fields of an object. */
  synchronized Optional<StoredObject> change(String collection, String id, ObjectNode fields)
      throws IOException {
    if (find(collection, id).isEmpty()) {
      return Optional.empty();
    }
    ObjectNode changed = entry("changed", id);
    changed.set("body", fields);
    return Optional.of(record(changed));
  }

  synchronized Optional<StoredObject> find(String collection, String id) {
    return Optional.ofNullable(byId.get(id)).filter(o -> o.collection().equals(collection));
  }

  /**
   * The objects of a collection, oldest first.
   *
   * @param externalIdentifier only those with it, or null for all
   */
  synchronized List<StoredObject> list(String collection, @Nullable String externalIdentifier) {
    return list(collection, externalIdentifier, null);
  }

  /**
   * As {@link #list(String, String)}.
   *
   * @param asset only those of it, or null for all
   */
  synchronized List<StoredObject> list(
      String collection, @Nullable String externalIdentifier, @Nullable String asset) {
    return byId.values().stream()
        .filter(o -> o.collection().equals(collection))
        .filter(o -> asset == null || o.body().at("/assetRef/id").asText().equals(asset))
        .filter(
            o -> externalIdentifier == null || o.externalIdentifier().equals(externalIdentifier))
        .toList();
  }

  /** Objects stored. */
  synchronized int size() {
    return byId.size();
  }

  /** Requests answered with an object stored before. */
  synchronized int replays() {
    return replays;
  }

  /** Objects made although their externalIdentifier was known: what a careless sender causes. */
  synchronized int duplicates() {
    return duplicates;
  }

  private ObjectNode entry(String what, String id) {
    return json.createObjectNode()
        .put("at", clock.instant().toString())
        .put("what", what)
        .put("id", id);
  }

  private StoredObject record(ObjectNode entry) throws IOException {
    ledger.append(entry);
    return apply(entry);
  }

  private StoredObject apply(ObjectNode entry) {
    String at = entry.path("at").asText();
    return switch (entry.path("what").asText()) {
      case "created" -> create(entry, at);
      case "replayed" -> {
        replays++;
        yield change(
            entry, body -> body.put("replays", body.path("replays").asInt() + 1).put("seenAt", at));
      }
      default -> change(entry, body -> changed(body, entry, at));
    };
  }

  /** What an older ledger calls changed has a status alone. */
  private static void changed(ObjectNode body, ObjectNode entry, String at) {
    if (entry.path("body") instanceof ObjectNode fields) {
      body.setAll(fields);
    } else {
      body.put("status", entry.path("status").asText());
    }
    body.put("statusAt", at);
  }

  private StoredObject create(ObjectNode entry, String at) {
    String id = entry.path("id").asText();
    String collection = entry.path("collection").asText();
    String key = entry.path("key").asText();
    ObjectNode body =
        json.createObjectNode().put("id", id).put("href", "/" + collection + "/" + id);
    body.setAll((ObjectNode) entry.path("body"));
    body.put("id", id).put("status", "acknowledged").put("receivedAt", at);
    body.put("idempotencyKey", key).put("replays", 0);

    StoredObject object = new StoredObject(collection, id, body);
    String external = object.externalIdentifier();
    if (!external.isEmpty() && !externalIdentifiers.add(collection + " " + external)) {
      duplicates++;
    }
    byId.put(id, object);
    idByKey.put(collection + " " + key, id);
    return object;
  }

  private StoredObject change(ObjectNode entry, Consumer<ObjectNode> how) {
    String id = entry.path("id").asText();
    StoredObject known = byId.get(id);
    if (known == null) {
      throw new IllegalStateException("the ledger changes " + id + " before it creates it");
    }
    StoredObject changed = known.with(how);
    byId.put(id, changed);
    return changed;
  }

  @Override
  public void close() throws IOException {
    ledger.close();
  }
}
