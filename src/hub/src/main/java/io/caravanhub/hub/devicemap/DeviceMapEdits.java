package io.caravanhub.hub.devicemap;

import io.caravanhub.core.fieldbus.DeviceMapDocument;
import io.caravanhub.core.fieldbus.DeviceMapImport;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.EntityTags;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.devicemap.DeviceMapFolder.Stored;
import io.caravanhub.hub.registry.Audit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The calls that change a tenant's own device maps. Only a map that can be used is kept; texts
 * before and after are in the audit. A tenant's changes are written one at a time. Thread-safe.
 */
@Component("deviceMapEdits")
public class DeviceMapEdits {
  private final DeviceMapFolder folder;
  private final DeviceMapUse use;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final Map<String, Object> locks = new ConcurrentHashMap<>();

  DeviceMapEdits(
      DeviceMapFolder folder,
      DeviceMapUse use,
      Audit audit,
      PlatformTransactionManager transactions) {
    this.folder = folder;
    this.use = use;
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** {@code PUT /device-maps/{name} {content}}: the text becomes the tenant's own map. */
  public Map<String, @Nullable Object> save(
      Exchange exchange, @Header("mapName") @Nullable String given, @Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("content"));
    String content = fields.whole("content");
    if (content == null) {
      throw ProblemException.badField("content", "absent: expected the map's text");
    }
    String name = DeviceMapNames.read(given);
    requireUsable(name, content);
    synchronized (lock()) {
      Stored before = seen(exchange, name);
      return keep(exchange, name, before, content, "device-map.save");
    }
  }

  /** {@code DELETE /device-maps/{name}}: the shipped one is in force again, where there is one. */
  public void delete(Exchange exchange, @Header("mapName") @Nullable String given) {
    String name = DeviceMapNames.read(given);
    synchronized (lock()) {
      remove(exchange, name);
    }
  }

  private void remove(Exchange exchange, String name) {
    if (find(name) == null) {
      throw ProblemException.notFound("device map", name);
    }
    Stored before = seen(exchange, name);
    if (before == null || !before.own()) {
      throw ProblemException.conflict("name", "the hub is shipped with it: it cannot be deleted");
    }
    List<String> devices = before.shipped() ? List.of() : use.serials(name);
    if (!devices.isEmpty()) {
      throw ProblemException.conflict(
          "name", "devices are read by it: " + String.join(", ", devices));
    }
    transaction.executeWithoutResult(
        status -> {
          audit.record("device-map.delete", "device-map:" + name, audited(before.content()), null);
          folder.delete(CallerContext.current().tenant(), name);
        });
    exchange.getMessage().setBody(null);
  }

  /**
   * {@code POST /device-maps/{name}/import {tags, format?, conflict?, protocol?, content?,
   * dry_run?}}: a list of tags becomes points. With {@code content} they are added to this text and
   * not to the map as it is kept.
   */
  public Map<String, @Nullable Object> importTags(
      Exchange exchange, @Header("mapName") @Nullable String given, @Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("tags", "format", "conflict", "protocol", "content", "dry_run"));
    String name = DeviceMapNames.read(given);
    String tags = fields.whole("tags");
    if (tags == null || tags.isBlank()) {
      throw ProblemException.badField("tags", "absent: expected the list as CSV or JSON");
    }
    DeviceMapSizes.requireList("tags", tags);
    boolean dry = Boolean.TRUE.equals(fields.optionalFlag("dry_run"));
    Stored before = dry ? find(name) : seen(exchange, name);
    String base = fields.whole("content");
    if (base == null && before != null) {
      base = before.content();
    }
    DeviceMapSizes.requireMap("content", base);
    DeviceMapImport.Report report;
    try {
      report =
          DeviceMapImport.run(
              tags,
              json(fields, tags),
              base == null || base.isBlank() ? null : base,
              fields.text("protocol", DeviceMapNames.protocol(name)),
              conflict(fields));
    } catch (IllegalArgumentException e) {
      throw ProblemException.unusable("tags", String.valueOf(e.getMessage()));
    }
    boolean writes = !dry && report.map() != null;
    if (writes) {
      String content = String.valueOf(report.map());
      requireUsable(name, content);
      synchronized (lock()) {
        requireSame(before, find(name));
        keep(exchange, name, before, content, "device-map.import");
      }
    }
    return DeviceMapViews.imported(report, writes);
  }

  private static boolean json(Fields fields, String tags) {
    String start = tags.stripLeading();
    String format =
        fields.text("format", start.startsWith("[") || start.startsWith("{") ? "json" : "csv");
    if (!format.equals("json") && !format.equals("csv")) {
      throw ProblemException.badField("format", "expected csv or json, got " + format);
    }
    return format.equals("json");
  }

  private static DeviceMapImport.Conflict conflict(Fields fields) {
    String wanted = fields.text("conflict", "fail");
    return Arrays.stream(DeviceMapImport.Conflict.values())
        .filter(choice -> choice.name().toLowerCase(Locale.ROOT).equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.badField(
                    "conflict", "expected skip, overwrite, rename, fail or merge, got " + wanted));
  }

  private Object lock() {
    return locks.computeIfAbsent(CallerContext.current().tenant(), tenant -> new Object());
  }

  private static void requireUsable(String name, String content) {
    DeviceMapSizes.requireMap("content", content);
    DeviceMapDocument document = DeviceMapDocument.read(content);
    if (!document.problems().isEmpty()) {
      throw ProblemException.unusable(
          "content",
          document.problems().stream()
              .limit(10)
              .map(DeviceMapDocument.Problem::text)
              .collect(Collectors.joining("\n")));
    }
    if (!DeviceMapNames.agree(name, String.valueOf(document.protocol()))) {
      throw ProblemException.unusable(
          "content", "protocol: " + document.protocol() + " does not go with the name " + name);
    }
  }

  private Map<String, @Nullable Object> keep(
      Exchange exchange, String name, @Nullable Stored before, String content, String verb) {
    String tenant = CallerContext.current().tenant();
    transaction.executeWithoutResult(
        status -> {
          audit.record(
              verb,
              "device-map:" + name,
              before == null ? null : audited(before.content()),
              audited(content));
          folder.write(tenant, name, content);
        });
    Stored after = new Stored(name, content, true, before != null && before.shipped());
    exchange.setProperty(Answers.TAG, after.tag());
    return DeviceMapViews.whole(after, use.serials(name));
  }

  private static Map<String, String> audited(String content) {
    return Map.of("content", content);
  }

  private @Nullable Stored find(String name) {
    return folder.find(CallerContext.current().tenant(), name).orElse(null);
  }

  /** The map as the caller has seen it, or null when there is none. */
  private @Nullable Stored seen(Exchange exchange, String name) {
    String match = exchange.getMessage().getHeader("If-Match", String.class);
    Stored map = find(name);
    if (map == null) {
      if (match != null && !match.isBlank()) {
        throw ProblemException.changed(
            "there is no map of this name any more; save it without If-Match to have it again");
      }
      return null;
    }
    if (match == null || match.isBlank()) {
      throw ProblemException.versionWanted(
          "there is a map of this name; send its ETag as If-Match to change it");
    }
    if (!EntityTags.allow(match, map.tag())) {
      throw changed();
    }
    return map;
  }

  private static void requireSame(@Nullable Stored before, @Nullable Stored now) {
    if (!Objects.equals(before == null ? null : before.tag(), now == null ? null : now.tag())) {
      throw changed();
    }
  }

  private static ProblemException changed() {
    return ProblemException.changed("the map was changed since you looked; look at it again");
  }
}
