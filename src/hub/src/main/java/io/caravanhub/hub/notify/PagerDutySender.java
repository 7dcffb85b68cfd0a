package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.address.GatedHttp;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * PagerDuty's Events API v2: an incident is triggered, acknowledged and resolved with its event,
 * under one {@code dedup_key}, so that a message twice is one. Thread-safe.
 */
@Component
class PagerDutySender implements Sender {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SUMMARY = 1_024;

  private final NotifyHttp http;

  PagerDutySender(NotifyHttp http) {
    this.http = http;
  }

  @Override
  public ChannelKind kind() {
    return ChannelKind.PAGERDUTY;
  }

  @Override
  public boolean isIdempotent() {
    return true;
  }

  @Override
  public Outcome send(Parcel parcel) {
    String act = parcel.act().equals("tell") ? "trigger" : parcel.act();
    ObjectNode body =
        JSON.createObjectNode()
            .put("routing_key", parcel.setting("routing_key"))
            .put("event_action", act)
            .put(
                "dedup_key",
                parcel.tenant() + "/" + (parcel.event() == null ? parcel.id() : parcel.event()));
    if (act.equals("trigger")) {
      trigger(body, parcel);
    }
    try {
      return HttpOutcomes.of(
          http.send(
              "POST",
              parcel.settings().getOrDefault("url", "https://events.pagerduty.com") + "/v2/enqueue",
              Map.of("Content-Type", "application/json"),
              body.toString().getBytes(StandardCharsets.UTF_8)),
          "PagerDuty");
    } catch (GatedHttp.NoAnswerException e) {
      return HttpOutcomes.of(e, "PagerDuty");
    }
  }

  private static void trigger(ObjectNode body, Parcel parcel) {
    JsonNode event = parcel.facts().path("event");
    ObjectNode payload =
        body.putObject("payload")
            .put(
                "summary",
                SlackSender.cut(
                    parcel.written().subject() + ": " + event.path("message").asText(""), SUMMARY))
            .put("source", parcel.facts().at("/device/serial").asText("caravan-hub"))
            .put("severity", severity(event.path("severity").asText()))
            .put("component", parcel.facts().at("/asset/name").asText(""))
            .put("group", parcel.facts().at("/asset/location").asText(""))
            .put("class", event.path("family").asText(""));
    payload.set("custom_details", event);
    String link = parcel.facts().path("link").asText("");
    if (!link.isEmpty()) {
      body.putArray("links").addObject().put("href", link).put("text", "Caravan Hub");
    }
  }

  /** Its four words. */
  private static String severity(String severity) {
    return switch (severity) {
      case "critical" -> "critical";
      case "high" -> "error";
      case "medium" -> "warning";
      default -> "info";
    };
  }
}
