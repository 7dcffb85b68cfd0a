package io.caravanhub.hub.fsm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.fsm.FsmFacts;
import io.caravanhub.hub.observability.Traced;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An action taken out for one attempt.
 *
 * @param kind for instance {@code work_order}
 * @param lookUp whether an earlier attempt may have arrived, so that the FSM must be asked first
 * @param attempts including this one
 * @param payload the facts of the action as JSON, from which the adapter renders the call
 * @param asset the hub's id of it
 * @param fsmId the product's id once it is known
 * @param family of the events it is for
 * @param connection where it goes or went, null for the hub's own default
 * @param exists whether the FSM said last that it has it already
 * @param traceparent of the message that it came of, while traces are on
 */
public record OutboxEntry(
    UUID id,
    String tenant,
    String kind,
    boolean lookUp,
    String externalIdentifier,
    String idempotencyKey,
    int attempts,
    String payload,
    String asset,
    String family,
    @Nullable String fsmId,
    @Nullable UUID connection,
    boolean exists,
    @Nullable String traceparent)
    implements Traced {
  /** How an error begins that says so. */
  static final String EXISTS = "it is said to exist: ";

  /** The row of the table actions, {@code a}, without {@code look_up}. */
  static final String COLUMNS =
      """
      a.id, a.tenant_id as tenant, a.kind, a.external_identifier, a.idempotency_key, a.attempts,
      a.payload::text as payload, a.asset, a.family, a.fsm_id, a.connection_id as connection,
      coalesce(a.last_error like '\
      """
          + EXISTS
          + "%', false) as exists,"
          + " (select evidence ->> 'traceparent' from events where id = a.event_id) as traceparent";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What calls about it are told. */
  FsmFacts facts() {
    JsonNode input = json();
    Map<String, String> places = new HashMap<>();
    places.put("externalIdentifier", externalIdentifier);
    places.put("idempotencyKey", idempotencyKey);
    places.put("guid", guid());
    // The asset of the facts is the one that the FSM may know; without one it is the device.
    places.put("assetRef", input.at("/asset/id").asText(asset));
    if (fsmId != null && !fsmId.isEmpty()) {
      places.put("id", fsmId);
    }
    return new FsmFacts(input, places);
  }

  JsonNode json() {
    try {
      return JSON.readTree(payload);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
  }

  /** The idempotency key, which has 128 bits, written as a GUID. */
  private String guid() {
    return idempotencyKey.length() < 32
        ? idempotencyKey
        : idempotencyKey
            .substring(0, 32)
            .replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }
}
