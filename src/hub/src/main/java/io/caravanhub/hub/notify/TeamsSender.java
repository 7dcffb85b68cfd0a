package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.address.GatedHttp;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Microsoft Teams: an adaptive card for the workflow that posts to a channel. Thread-safe. */
@Component
class TeamsSender implements Sender {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Teams takes 28 KB. */
  private static final int LONGEST = 10_000;

  private final NotifyHttp http;

  TeamsSender(NotifyHttp http) {
    this.http = http;
  }

  @Override
  public ChannelKind kind() {
    return ChannelKind.TEAMS;
  }

  @Override
  public Outcome send(Parcel parcel) {
    ObjectNode body = JSON.createObjectNode().put("type", "message");
    ObjectNode attachment = body.putArray("attachments").addObject();
    attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
    ObjectNode card =
        attachment
            .putObject("content")
            .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
            .put("type", "AdaptiveCard")
            .put("version", "1.4");
    ArrayNode parts = card.putArray("body");
    parts
        .addObject()
        .put("type", "TextBlock")
        .put("size", "Large")
        .put("weight", "Bolder")
        .put("wrap", true)
        .put("color", colour(parcel))
        .put("text", parcel.written().subject());
    for (String line : SlackSender.cut(parcel.written().text(), LONGEST).split("\n")) {
      if (!line.isBlank()) {
        parts.addObject().put("type", "TextBlock").put("wrap", true).put("text", line);
      }
    }
    String link = parcel.facts().path("link").asText("");
    if (!link.isEmpty()) {
      card.putArray("actions")
          .addObject()
          .put("type", "Action.OpenUrl")
          .put("title", "Open")
          .put("url", link);
    }
    try {
      return HttpOutcomes.of(
          http.send(
              "POST",
              parcel.setting("webhook_url"),
              Map.of("Content-Type", "application/json"),
              body.toString().getBytes(StandardCharsets.UTF_8)),
          "Teams");
    } catch (GatedHttp.NoAnswerException e) {
      return HttpOutcomes.of(e, "Teams");
    }
  }

  private static String colour(Parcel parcel) {
    return switch (parcel.facts().at("/event/severity").asText()) {
      case "critical", "high" -> "Attention";
      case "medium" -> "Warning";
      default -> "Default";
    };
  }
}
