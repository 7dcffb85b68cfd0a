package io.caravanhub.hub.socket;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What a client calls a frame, to know its answer by: the field {@code id} of {@code {"id": …,
 * "messages": …}} or of a single message. A frame without one is answered without one.
 */
record FrameId(@Nullable JsonNode id, String messages) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static FrameId of(String frame) {
    if (!frame.contains("\"id\"")) {
      return new FrameId(null, frame);
    }
    try {
      JsonNode whole = JSON.readTree(frame);
      JsonNode id = whole.path("id");
      JsonNode messages = whole.path("messages");
      return new FrameId(
          id.isTextual() || id.isNumber() ? id : null,
          messages.isMissingNode() ? frame : messages.toString());
    } catch (JsonProcessingException e) {
      // The route says what is wrong with it.
      return new FrameId(null, frame);
    }
  }

  /** An answer, an object in JSON, with the id in it. */
  String added(String answer) {
    if (id == null) {
      return answer;
    }
    try {
      return ((ObjectNode) JSON.readTree(answer)).set("id", id).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer is not JSON", e);
    }
  }

  /** The frame was not taken. */
  String problem(int status, String detail) {
    ObjectNode problem = JSON.createObjectNode();
    problem.put("type", "about:blank").put("status", status).put("detail", detail);
    if (status == 429 || status == 503) {
      problem.put("retry_after", 2);
    }
    return added(problem.toString());
  }
}
