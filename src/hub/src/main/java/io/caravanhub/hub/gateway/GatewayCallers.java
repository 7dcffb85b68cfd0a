package io.caravanhub.hub.gateway;

import io.caravanhub.core.mqtt.MqttInConstants;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.broker.BrokerConstants;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.Gateway;
import io.caravanhub.hub.security.HubPrincipal;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/** Whose a gateway's message is, by each way it may come. Thread-safe. */
@Component("gatewayCallers")
public class GatewayCallers {
  private final DeviceDirectory directory;

  GatewayCallers(DeviceDirectory directory) {
    this.directory = directory;
  }

  /**
   * The gateway that a call's path names.
   *
   * @throws ProblemException 404 when this tenant has none of that name; 403 when the caller is
   *     another gateway
   */
  public Gateway of(String name) {
    HubPrincipal caller = CallerContext.current();
    Gateway gateway =
        directory
            .gateway(caller.tenant(), name)
            .orElseThrow(
                () ->
                    caller.role().equals("gateway")
                        ? ProblemException.forbidden("this token speaks for another gateway")
                        : ProblemException.notFound("gateway", name));
    if (caller.role().equals("gateway") && !gateway.id().toString().equals(caller.subject())) {
      throw ProblemException.forbidden("this token speaks for another gateway");
    }
    return gateway;
  }

  /** Over HTTP: headers of the request go, those of the hub are set. */
  public void enter(Exchange exchange) {
    Message message = exchange.getMessage();
    Gateway gateway = of(message.getHeader("gatewayId", "", String.class));
    byte[] body = message.getBody(byte[].class);
    message.removeHeaders("*");
    message.setBody(body);
    enter(message, gateway.tenant(), gateway.serial(), "http");
  }

  /** From a broker outside, {@code t/{tenant}/g/{gateway}/...}: the hub believes the topic. */
  public void outside(Exchange exchange) {
    Message message = exchange.getMessage();
    String topic = message.getHeader(MqttInConstants.TOPIC, "", String.class);
    String[] levels = topic.split("/", -1);
    message.removeHeaders("*");
    if (levels.length < 5 || !levels[0].equals("t") || !levels[2].equals("g")) {
      throw new UnusableMessageException(
          "topic", "expected t/{tenant}/g/{gateway}/..., got \"" + topic + "\"");
    }
    enter(message, levels[1], levels[3], "mqtt");
    message.setHeader(BrokerConstants.TOPIC, topic);
  }

  private static void enter(Message message, String tenant, String gateway, String source) {
    message.setHeader(TelemetryHeaders.TENANT, tenant);
    message.setHeader(TelemetryHeaders.DEVICE, gateway);
    message.setHeader(TelemetryHeaders.SOURCE, source);
    message.setHeader(TelemetryHeaders.RECEIVED, Long.toString(System.currentTimeMillis()));
  }
}
