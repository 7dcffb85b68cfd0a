package io.caravanhub.hub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Asks the hub what is new and puts it on the screen: events, work orders, readings a second. One
 * thread.
 */
final class News {
  private static final Set<String> ACCEPTED =
      Set.of("ACCEPTED", "IN_PROGRESS", "ON_HOLD", "COMPLETED");

  private final HubClient hub;
  private final Screen screen;
  private final Map<String, String> states = new HashMap<>();
  private boolean first = true;
  private long readings = -1;
  private long askedAt;
  private long orders;

  News(HubClient hub, Screen screen) {
    this.hub = hub;
    this.screen = screen;
  }

  /** One round. What was there before the first round is counted, not told. */
  void tell() throws IOException, InterruptedException {
    for (JsonNode event : newest("/events")) {
      if (isNew("event", event, "status")) {
        tellEvent(event);
      }
    }
    for (JsonNode action : newest("/actions")) {
      if (isNew("action", action, "state") && action.path("kind").asText().equals("work_order")) {
        tellAction(action);
      }
    }
    orders =
        states.entrySet().stream()
            .filter(e -> e.getKey().startsWith("action ") && ACCEPTED.contains(e.getValue()))
            .count();
    first = false;
    tellStatus();
  }

  private List<JsonNode> newest(String path) throws IOException, InterruptedException {
    List<JsonNode> items = new ArrayList<>();
    hub.get(path + "?limit=100").path("items").forEach(items::add);
    Collections.reverse(items);
    return items;
  }

  private boolean isNew(String kind, JsonNode item, String field) {
    String state = item.path(field).asText();
    String before = states.put(kind + " " + item.path("id").asText(), state);
    return !first && !state.equals(before);
  }

  private void tellEvent(JsonNode event) {
    String where = event.path("serial").asText();
    switch (event.path("status").asText()) {
      case "open" ->
          screen.event(
              "event",
              where
                  + ": "
                  + event.path("message").asText()
                  + " ("
                  + event.path("severity").asText()
                  + ")");
      case "resolved" -> screen.event("resolved", where + ": " + event.path("message").asText());
      default -> {
        // a work order's own line tells the rest
      }
    }
  }

  private void tellAction(JsonNode action) {
    String title = action.path("title").asText(action.path("payload").path("title").asText());
    switch (action.path("state").asText()) {
      case "ACCEPTED" ->
          screen.event(
              "work order",
              action.path("fsmId").asText() + " accepted by the FSM: " + title + attempts(action));
      case "COMPLETED" ->
          screen.event("completed", action.path("fsmId").asText() + " at the FSM: " + title);
      case "DEAD" -> screen.event("refused", title + ": " + action.path("lastError").asText());
      case "PLANNED" -> {
        if (action.path("attempts").asInt() > 0) {
          screen.event(
              "waiting", title + ": " + action.path("lastError").asText() + "; kept in the outbox");
        }
      }
      default -> {
        // on its way
      }
    }
  }

  private static String attempts(JsonNode action) {
    int attempts = action.path("attempts").asInt();
    return attempts > 1 ? " (after " + attempts + " attempts)" : "";
  }

  private void tellStatus() throws IOException, InterruptedException {
    JsonNode usage = hub.get("/usage");
    long now = System.nanoTime();
    long total = usage.path("readings_since_start").asLong();
    double rate = readings < 0 || total < readings ? 0 : (total - readings) * 1e9 / (now - askedAt);
    readings = total;
    askedAt = now;
    screen.status(
        String.format(
            "%.0f readings/s   %d of %d devices online   %d open events   %d work orders   Ctrl-C stops",
            rate,
            usage.path("devices_online").asInt(),
            usage.path("devices").asInt(),
            usage.path("open_events").asInt(),
            orders));
  }
}
