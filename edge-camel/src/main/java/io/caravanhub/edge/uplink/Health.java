package io.caravanhub.edge.uplink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the health message of what the parts report. */
final class Health {
  private static final Logger LOG = LoggerFactory.getLogger(Health.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Supplier<Collection<HealthPart>> parts;

  Health(Supplier<Collection<HealthPart>> parts) {
    this.parts = parts;
  }

  byte[] message() {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("at", Instant.now().toString());
    for (HealthPart part : parts.get()) {
      try {
        if (part.name().isEmpty()) {
          message.putAll(part.report());
        } else {
          message.put(part.name(), part.report());
        }
      } catch (RuntimeException e) {
        LOG.warn("{} has no health to tell: {}", part.getClass().getSimpleName(), e.toString());
      }
    }
    try {
      return JSON.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      LOG.warn("The health message cannot be written: {}", e.getOriginalMessage());
      return "{}".getBytes(StandardCharsets.UTF_8);
    }
  }
}
