package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param status HTTP status
 * @param headers besides the content type
 * @param body a JSON document
 */
record Answer(int status, Map<String, String> headers, JsonNode body) {

  static Answer ok(JsonNode body) {
    return new Answer(200, Map.of(), body);
  }
}
