package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.address.GatedHttp;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Slack's incoming webhooks, with blocks of Block Kit. Thread-safe. */
@Component
class SlackSender implements Sender {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEADER = 150;
  private static final int SECTION = 3_000;

  private final NotifyHttp http;

  SlackSender(NotifyHttp http) {
    this.http = http;
  }

  @Override
  public ChannelKind kind() {
    return ChannelKind.SLACK;
  }

  @Override
  public Outcome send(Parcel parcel) {
    ObjectNode body = JSON.createObjectNode().put("text", parcel.written().subject());
    ArrayNode blocks = body.putArray("blocks");
    blocks
        .addObject()
        .put("type", "header")
        .putObject("text")
        .put("type", "plain_text")
        .put("text", cut(unescape(parcel.written().subject()), HEADER));
    blocks
        .addObject()
        .put("type", "section")
        .putObject("text")
        .put("type", "mrkdwn")
        .put("text", cut(parcel.written().text(), SECTION));
    String link = parcel.facts().path("link").asText("");
    if (!link.isEmpty()) {
      ObjectNode button =
          blocks.addObject().put("type", "actions").putArray("elements").addObject();
      button.put("type", "button").put("url", link);
      button.putObject("text").put("type", "plain_text").put("text", "Open");
    }
    try {
      return HttpOutcomes.of(
          http.send(
              "POST",
              parcel.setting("webhook_url"),
              Map.of("Content-Type", "application/json"),
              body.toString().getBytes(StandardCharsets.UTF_8)),
          "Slack");
    } catch (GatedHttp.NoAnswerException e) {
      return HttpOutcomes.of(e, "Slack");
    }
  }

  /** A header is no mrkdwn. */
  private static String unescape(String text) {
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
  }

  static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }
}
