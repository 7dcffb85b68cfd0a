package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One device's share of an answer.
 *
 * @param device the device's serial in the hub, empty when the answer does not say
 * @param json what its mapping gets
 */
public record Part(String device, JsonNode json) {}
