package io.caravanhub.hub.console;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Which events the inbox shows, as it stands in the page's address; an empty text asks for all.
 *
 * @param show one of {@link #SHOWS}
 * @param severity one of the four words
 * @param type of the event
 * @param family of the event
 * @param asset part of an asset's name or id, or of a device's serial
 * @param q part of the message, or of the rule's id
 * @param single whether each event has a line of its own, and not each problem
 * @param cursor of the page before
 */
public record InboxFilter(
    String show,
    String severity,
    String type,
    String family,
    String asset,
    String q,
    boolean single,
    @Nullable String cursor) {
  static final List<String> SHOWS =
      List.of("attention", "open", "acknowledged", "linked", "shelved", "closed", "all");
  static final List<String> TYPES =
      List.of("critical_fault", "likely_failure", "maintenance_due", "warning");
  private static final int LONGEST = 200;

  /** Reads an address; what it does not know it takes for absent. */
  static InboxFilter of(Map<String, String> query) {
    String show = query.getOrDefault("show", "attention");
    String severity = text(query, "severity");
    String type = text(query, "type");
    return new InboxFilter(
        SHOWS.contains(show) ? show : "attention",
        List.of("critical", "high", "medium", "low").contains(severity) ? severity : "",
        TYPES.contains(type) ? type : "",
        text(query, "family"),
        text(query, "asset"),
        text(query, "q"),
        "event".equals(query.get("by")),
        query.get("cursor"));
  }

  private static String text(Map<String, String> query, String name) {
    String text = query.getOrDefault(name, "").strip();
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }

  /** Closed events are too many to be counted by problem: they stand one by one. */
  public boolean byProblem() {
    return !single && !show.equals("closed") && !show.equals("all");
  }

  /** Whether anything but the state narrows the list. */
  public boolean narrowed() {
    return !(severity + type + family + asset + q).isEmpty();
  }

  /** The address's part behind the question mark; the cursor is not in it. */
  public String query() {
    return with("show", show);
  }

  /** As {@link #query}, with one thing changed. */
  public String with(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("show", show.equals("attention") ? "" : show);
    all.put("severity", severity);
    all.put("type", type);
    all.put("family", family);
    all.put("asset", asset);
    all.put("q", q);
    all.put("by", single ? "event" : "");
    all.put(name, name.equals("show") && value.equals("attention") ? "" : value);
    UriComponentsBuilder uri = UriComponentsBuilder.newInstance();
    all.forEach(
        (key, text) -> {
          if (!text.isEmpty()) {
            uri.queryParam(key, "{" + key + "}");
          }
        });
    String query = uri.encode().buildAndExpand(all).getQuery();
    return query == null ? "" : query;
  }

  /** The condition on the state of an event {@code e}. */
  String stateSql() {
    return switch (show) {
      case "open" -> "e.status = 'open'";
      case "acknowledged" -> "e.status = 'acknowledged'";
      case "linked" -> "e.status = 'linked_to_work_order'";
      case "shelved" -> "e.status = 'shelved'";
      case "closed" -> "e.status in ('resolved','dismissed')";
      case "all" -> "true";
      default -> "e.status in " + EventList.OPEN;
    };
  }
}
