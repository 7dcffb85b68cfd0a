package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;

/**
 * Something the field-service system was asked to keep. Never changed in place.
 *
 * @param collection what it is, for instance {@code work-orders}
 * @param id given by this system, unique in all collections
 * @param body what was sent, with the fields this system adds
 */
record StoredObject(String collection, String id, ObjectNode body) {

  String externalIdentifier() {
    return body.path("externalIdentifier").asText("");
  }

  StoredObject with(Consumer<ObjectNode> change) {
    ObjectNode changed = body.deepCopy();
    change.accept(changed);
    return new StoredObject(collection, id, changed);
  }
}
