package io.caravanhub.hub.devicemap;

import io.caravanhub.core.fieldbus.BacnetBrowser;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusDiscovery;
import io.caravanhub.core.fieldbus.OpcUaBrowser;
import io.caravanhub.core.fieldbus.SunSpecWalk;
import io.caravanhub.core.fieldbus.Tag;
import io.caravanhub.core.fieldbus.TagBrowser;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.devicemap.BrowseTarget.Choice;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.registry.RegisteredFieldbus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The calls that ask a device what it has. For those who may register devices: the hub connects to
 * what they name, which the audit keeps. Waits for the device, {@link BrowseTurns} no longer than
 * its deadline. Thread-safe.
 */
@Component("tagBrowse")
public class TagBrowse {
  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final int MOST = 1_000;
  private static final int USUAL = 200;
  private static final List<String> TARGET =
      List.of("device", "protocol", "address", "unit", "options");

  private final BrowseTarget targets;
  private final BrowseTurns turns;
  private final Audit audit;
  private final RegisteredFieldbus connections;
  private final Map<String, TagBrowser> browsers;

  TagBrowse(
      BrowseTarget targets,
      BrowseTurns turns,
      Audit audit,
      RegisteredFieldbus connections,
      @Value("${hub.home}") Path home) {
    this.targets = targets;
    this.connections = connections;
    this.turns = turns;
    this.audit = audit;
    this.browsers =
        Map.of(
            "opcua",
            new OpcUaBrowser(TIMEOUT, home.resolve("pki/opcua"), home.resolve("secrets")),
            "bacnet",
            new BacnetBrowser(TIMEOUT));
  }

  /** Devices of the registry to choose from. */
  public List<Map<String, String>> choices() {
    return targets.choices().stream().map(TagBrowse::choice).toList();
  }

  private static Map<String, String> choice(Choice choice) {
    return Map.of(
        "id", choice.id(),
        "serial", choice.serial(),
        "protocol", choice.protocol(),
        "address", choice.address());
  }

  /**
   * {@code POST /device-maps/browse {device | protocol, address, options?; path?, limit?}}: what is
   * below a path. A device that cannot be browsed is an answer, {@code reachable: false} with the
   * reason.
   */
  public Map<String, @Nullable Object> browse(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("device", "protocol", "address", "unit", "options", "path", "limit"));
    FieldbusConnection connection = targets.of(fields);
    TagBrowser browser = browsers.get(connection.protocol());
    if (browser == null) {
      throw ProblemException.badField(
          "protocol",
          "expected opcua or bacnet, got "
              + connection.protocol()
              + ": a Modbus device does not tell what it has, unless it is one of SunSpec"
              + " (discover)");
    }
    String path = fields.text("path", "");
    Integer wanted = fields.optionalCount("limit", 1, MOST);
    int limit = wanted == null ? USUAL : wanted;
    told("device-map.browse", connection);
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("protocol", connection.protocol());
    answer.put("path", path);
    try {
      List<Tag> found = turns.take(() -> browser.browse(connection, path, limit + 1));
      answer.put("reachable", true);
      answer.put("more", found.size() > limit);
      answer.put(
          "tags",
          TagPoints.of(connection.protocol(), found.subList(0, Math.min(limit, found.size()))));
    } catch (BrowseTurns.FailedException e) {
      answer.put("reachable", false);
      answer.put("reason", e.getMessage());
      answer.put("tags", List.of());
    }
    return answer;
  }

  /**
   * {@code POST /device-maps/discover {device | protocol, address, unit?}}: the SunSpec models of a
   * Modbus device as a map. It is not kept.
   */
  public Map<String, @Nullable Object> discover(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(TARGET);
    FieldbusConnection connection = targets.of(fields);
    if (!List.of("modbus-tcp", "modbus-rtu-tcp").contains(connection.protocol())) {
      throw ProblemException.badField(
          "protocol", "expected modbus-tcp or modbus-rtu-tcp, got " + connection.protocol());
    }
    // A serial line has one asker at a time, whoever its devices belong to.
    if (connections.list("modbus-rtu-tcp").stream()
        .anyMatch(read -> FieldbusDiscovery.sharesLine(connection, read))) {
      throw ProblemException.conflict(
          "device",
          "the hub reads devices of this serial line, and a second connection would disturb them:"
              + " take the map out of their connections, or set them inactive, while you look");
    }
    told("device-map.discover", connection);
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    try {
      SunSpecWalk.Found found = turns.take(() -> FieldbusDiscovery.sunSpec(connection));
      answer.put("reachable", true);
      answer.put("title", found.title());
      answer.put("models", found.models());
      answer.put("points", found.points());
      answer.put("content", found.map());
    } catch (BrowseTurns.FailedException e) {
      answer.put("reachable", false);
      answer.put("reason", e.getMessage());
    }
    return answer;
  }

  private void told(String verb, FieldbusConnection connection) {
    audit.record(
        verb,
        "address:" + connection.address(),
        null,
        Map.of("protocol", connection.protocol(), "device", connection.device()));
  }
}
