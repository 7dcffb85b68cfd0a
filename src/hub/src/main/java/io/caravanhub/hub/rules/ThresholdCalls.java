package io.caravanhub.hub.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Threshold rules: a JSONata condition, an event type, a severity, a cooldown. Each is a rule like
 * others, in fewer words. Thread-safe.
 */
@Component("thresholdCalls")
public class ThresholdCalls {
  private static final List<String> FIELDS =
      List.of(
          "name", "condition", "event_type", "severity", "cooldown_seconds", "scope", "enabled");
  private static final int LONGEST_COOLDOWN = 31 * 86_400;

  private final RuleLibrary library;
  private final RuleRows rows;
  private final RuleEdits edits;
  private final ObjectMapper json;

  ThresholdCalls(RuleLibrary library, RuleRows rows, RuleEdits edits, ObjectMapper json) {
    this.library = library;
    this.rows = rows;
    this.edits = edits;
    this.json = json;
  }

  /** {@code POST /threshold-rules}. */
  public Map<String, Object> create(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(FIELDS);
    String name = fields.text("name");
    ObjectNode rule = rule(id(name), fields, json.createObjectNode());
    return view(edits.create(read(rule), RuleEdits.THRESHOLD));
  }

  /** {@code GET /threshold-rules}, by id; with {@code device_type} those for it alone. */
  public Page<Map<String, Object>> list(
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor,
      @Header("device_type") @Nullable String deviceType) {
    int size = Page.limit(limit);
    Page<RuleView> page =
        Page.of(
            rows.list(RuleEdits.THRESHOLD, deviceType, Page.position(cursor), size + 1),
            size,
            RuleView::id);
    return new Page<>(page.items().stream().map(this::view).toList(), page.cursor());
  }

  /** {@code GET /threshold-rules/{id}}. */
  public Map<String, Object> get(@Header("ruleId") String id) {
    return view(find(id));
  }

  /** {@code PATCH /threshold-rules/{id}}: only the fields that are given change. */
  public Map<String, Object> update(@Header("ruleId") String id, @Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(FIELDS);
    ObjectNode rule = rule(id, fields, find(id).definition());
    return view(edits.put(read(rule), RuleEdits.THRESHOLD, null));
  }

  /** {@code DELETE /threshold-rules/{id}}. */
  public Map<String, Object> delete(@Header("ruleId") String id) {
    return view(edits.delete(id, RuleEdits.THRESHOLD, null));
  }

  private RuleView find(String id) {
    return rows.find(id)
        .filter(view -> RuleEdits.isOf(view, RuleEdits.THRESHOLD))
        .orElseThrow(() -> ProblemException.notFound("threshold rule", id));
  }

  /** The rule of these fields; what is not given, or not of this call, is as before. */
  private ObjectNode rule(String id, Fields fields, JsonNode before) {
    ObjectNode rule = before.deepCopy();
    String name = fields.text("name", before.path("description").asText(""));
    rule.put("id", id).put("description", name);
    String condition = fields.whole("condition");
    rule.put("condition", condition == null ? before.path("condition").asText("") : condition);
    Boolean enabled = fields.optionalFlag("enabled");
    rule.put("enabled", enabled == null ? before.path("enabled").asBoolean(true) : enabled);
    String scope = fields.object("scope");
    if (scope != null) {
      rule.set("scope", tree(scope));
    }
    Integer cooldown = fields.optionalCount("cooldown_seconds", 0, LONGEST_COOLDOWN);
    if (cooldown != null && cooldown > 0) {
      rule.put("cooldown", Duration.ofSeconds(cooldown).toString());
    } else if (cooldown != null) {
      rule.remove("cooldown");
    }
    ObjectNode event = rule.withObject("/event");
    event
        .put("type", fields.text("event_type", event.path("type").asText("")))
        .put("severity", fields.text("severity", event.path("severity").asText("")))
        .put("family", event.path("family").asText(id));
    if (!event.has("message") || !name.equals(before.path("description").asText())) {
      event.put("message", name.replaceAll("[{}]", "") + ": {metric} is {value} {unit}");
    }
    return rule;
  }

  /** Problems point at the fields of this call. */
  private Rule read(ObjectNode rule) {
    if (rule.path("condition").asText().isBlank()) {
      throw ProblemException.badField("condition", "absent: expected a text");
    }
    try {
      return edits.read(rule.toString().getBytes(StandardCharsets.UTF_8));
    } catch (ProblemException e) {
      String field = e.field() == null ? "body" : e.field();
      throw ProblemException.badField(
          switch (field) {
            case "event.type" -> "event_type";
            case "event.severity" -> "severity";
            case "cooldown" -> "cooldown_seconds";
            default -> field;
          },
          String.valueOf(e.getMessage()));
    }
  }

  private Map<String, Object> view(RuleView view) {
    JsonNode rule = view.definition();
    Map<String, Object> shown = new java.util.LinkedHashMap<>();
    shown.put("id", view.id());
    shown.put("name", rule.path("description").asText());
    shown.put("condition", rule.path("condition").asText());
    shown.put("event_type", rule.path("event").path("type").asText());
    shown.put("severity", rule.path("event").path("severity").asText());
    shown.put(
        "cooldown_seconds",
        rule.has("cooldown") ? Duration.parse(rule.path("cooldown").asText()).toSeconds() : 0);
    shown.put("scope", rule.has("scope") ? rule.path("scope") : Map.of());
    shown.put("enabled", view.enabled());
    shown.put("version", view.version());
    shown.put("author", view.author());
    shown.put("created_at", view.createdAt());
    shown.put("updated_at", view.updatedAt());
    return shown;
  }

  /** An id that reads like the name and is nobody else's. */
  private String id(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    plain = plain.replaceAll("^-+|-+$", "");
    plain = plain.substring(0, Math.min(48, plain.length()));
    if (plain.isEmpty()) {
      plain = "rule";
    }
    boolean free = rows.find(plain).isEmpty() && !isFiles(plain);
    return free ? plain : plain + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  private boolean isFiles(String id) {
    return library.list(CallerContext.current().tenant()).stream()
        .anyMatch(listed -> listed.rule().id().equals(id));
  }

  private JsonNode tree(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw ProblemException.badField("scope", "is not JSON");
    }
  }
}
