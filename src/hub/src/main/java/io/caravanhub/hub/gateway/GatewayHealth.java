package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.Gateway;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/**
 * What gateways say of themselves every half minute. The newest is kept whole, fields that this
 * version does not know too; of the past some figures. Thread-safe.
 */
@Component("gatewayHealth")
public class GatewayHealth {
  private static final int BYTES_MAX = 1_000_000;

  private final ObjectMapper json;
  private final DeviceDirectory directory;
  private final GatewayCallers callers;
  private final GatewayHealthRows rows;

  GatewayHealth(
      ObjectMapper json,
      DeviceDirectory directory,
      GatewayCallers callers,
      GatewayHealthRows rows) {
    this.json = json;
    this.directory = directory;
    this.callers = callers;
    this.rows = rows;
  }

  /** Over MQTT. */
  public void said(Exchange exchange) {
    Message message = exchange.getMessage();
    byte[] body = message.getBody(byte[].class);
    exchange.setProperty(DeadLetters.PAYLOAD, body);
    String name = message.getHeader(TelemetryHeaders.DEVICE, "", String.class);
    Gateway gateway =
        directory
            .gateway(message.getHeader(TelemetryHeaders.TENANT, "", String.class), name)
            .orElseThrow(
                () -> new UnusableMessageException("gateway", "unknown gateway \"" + name + "\""));
    rows.store(gateway, read(body), Instant.now());
  }

  /** {@code POST /gateways/{g}/health}. */
  public Map<String, Object> posted(@Header("gatewayId") String name, @Body byte[] body) {
    Gateway gateway = callers.of(name);
    Instant now = Instant.now();
    try {
      rows.store(gateway, read(body), now);
    } catch (UnusableMessageException e) {
      throw ProblemException.badField(e.field(), e.reason());
    }
    return Map.of("received", now.toString());
  }

  private ObjectNode read(byte[] body) {
    if (body == null || body.length > BYTES_MAX) {
      throw new UnusableMessageException("body", "expected at most " + BYTES_MAX + " bytes");
    }
    try {
      JsonNode health = json.readTree(BatchBytes.unpacked(body, BYTES_MAX));
      if (health instanceof ObjectNode object) {
        return object;
      }
      throw new UnusableMessageException("body", "expected an object");
    } catch (JsonProcessingException e) {
      throw new UnusableMessageException(
          "body", "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new UnusableMessageException("body", "cannot be read: " + e.getMessage());
    }
  }
}
