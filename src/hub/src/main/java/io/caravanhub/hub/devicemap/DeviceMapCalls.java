package io.caravanhub.hub.devicemap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.fieldbus.DeviceMapDocument;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.devicemap.DeviceMapFolder.Stored;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The calls that look at device maps. Thread-safe. */
@Component("deviceMapCalls")
public class DeviceMapCalls {
  private final DeviceMapFolder folder;
  private final DeviceMapUse use;
  private final ObjectMapper json;

  DeviceMapCalls(DeviceMapFolder folder, DeviceMapUse use, ObjectMapper json) {
    this.folder = folder;
    this.use = use;
    this.json = json;
  }

  /** {@code GET /device-maps}, by name; {@code q} is a part of the name. */
  public Page<Map<String, @Nullable Object>> list(
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor,
      @Header("q") @Nullable String part) {
    int size = Page.limit(limit);
    String after = Page.position(cursor);
    String tenant = CallerContext.current().tenant();
    Map<String, Integer> counts = use.counts();
    List<Map<String, @Nullable Object>> items =
        folder.names(tenant).stream()
            .filter(name -> after == null || name.compareTo(after) > 0)
            .filter(name -> part == null || name.contains(part))
            .flatMap(name -> folder.find(tenant, name).stream())
            .limit(size + 1L)
            .map(map -> DeviceMapViews.line(map, counts.getOrDefault(map.name(), 0)))
            .toList();
    return Page.of(items, size, item -> String.valueOf(item.get("name")));
  }

  /** {@code GET /device-maps/{name}}, with an entity tag. */
  public Map<String, @Nullable Object> get(
      Exchange exchange, @Header("mapName") @Nullable String given) {
    String name = String.valueOf(given).replace(':', '/');
    Stored map = find(name).orElseThrow(() -> ProblemException.notFound("device map", name));
    exchange.setProperty(Answers.TAG, map.tag());
    return DeviceMapViews.whole(map, use.serials(name));
  }

  /**
   * Whether the tenant sees a map of this name.
   *
   * @throws ProblemException when no map can be called so
   */
  public boolean isKnown(String given) {
    return find(DeviceMapNames.read(given)).isPresent();
  }

  private Optional<Stored> find(String name) {
    return DeviceMapNames.isName(name)
        ? folder.find(CallerContext.current().tenant(), name)
        : Optional.empty();
  }

  /**
   * {@code POST /device-maps/check {content?, map?}}: a text taken apart, with all that is wrong;
   * with {@code map}, its fields and points, the text is written anew from these. Changes nothing.
   */
  public Map<String, @Nullable Object> check(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("content", "map"));
    String content = fields.whole("content");
    String map = fields.object("map");
    if (content == null && map == null) {
      throw ProblemException.badField("content", "absent: expected the map's text, or map");
    }
    String before = content == null ? "" : content;
    DeviceMapSizes.requireMap("content", before);
    DeviceMapSizes.requireMap("map", map);
    try {
      return DeviceMapViews.content(
          map == null ? before : DeviceMapDocument.write(before, tree(map)));
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField("map", String.valueOf(e.getMessage()));
    }
  }

  private JsonNode tree(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }
}
