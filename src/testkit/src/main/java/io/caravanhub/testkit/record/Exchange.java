package io.caravanhub.testkit.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * One question to a cloud and its answer.
 *
 * @param path as it was sent, decoded
 * @param login whether it was a question for a token
 * @param headers of the answer, those that the hub looks at
 */
record Exchange(
    String method,
    String path,
    Map<String, String> query,
    boolean login,
    int status,
    Map<String, String> headers,
    JsonNode answer) {}
