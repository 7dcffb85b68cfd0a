package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/**
 * Tells gateways the hub's time: {@code {"sent": millis}} is answered by {@code {"sent": the same,
 * "hub": millis}}, epoch milliseconds both. Thread-safe.
 */
@Component("gatewayClock")
public class GatewayClock {
  private final ObjectMapper json;
  private final DeviceDirectory directory;
  private final GatewayCallers callers;
  private final GatewaySender sender;

  GatewayClock(
      ObjectMapper json, DeviceDirectory directory, GatewayCallers callers, GatewaySender sender) {
    this.json = json;
    this.directory = directory;
    this.callers = callers;
    this.sender = sender;
  }

  /** Over MQTT; the answer goes to {@code clock/answer}, an unknown gateway gets none. */
  public void said(Exchange exchange) throws IOException {
    Message message = exchange.getMessage();
    byte[] answer = json.writeValueAsBytes(answer(message.getBody(byte[].class)));
    directory
        .gateway(
            message.getHeader(TelemetryHeaders.TENANT, "", String.class),
            message.getHeader(TelemetryHeaders.DEVICE, "", String.class))
        .ifPresent(gateway -> sender.send(gateway, "clock/answer", answer));
  }

  /** {@code POST /gateways/{g}/clock}. */
  public Map<String, Object> asked(@Header("gatewayId") String gateway, @Body byte[] body) {
    callers.of(gateway);
    try {
      return answer(body);
    } catch (UnusableMessageException e) {
      throw ProblemException.badField(e.field(), e.reason());
    }
  }

  private Map<String, Object> answer(byte[] body) {
    try {
      if (body != null
          && json.readValue(body, Object.class) instanceof Map<?, ?> question
          && question.get("sent") instanceof Number sent) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("sent", sent);
        answer.put("hub", System.currentTimeMillis());
        return answer;
      }
    } catch (IOException e) {
      // told below
    }
    throw new UnusableMessageException("sent", "expected {\"sent\": epoch milliseconds}");
  }
}
