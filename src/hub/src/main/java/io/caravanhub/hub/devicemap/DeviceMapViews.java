package io.caravanhub.hub.devicemap;

import io.caravanhub.core.fieldbus.DeviceMapDocument;
import io.caravanhub.core.fieldbus.DeviceMapImport;
import io.caravanhub.hub.devicemap.DeviceMapFolder.Stored;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Device maps as the API answers them. */
final class DeviceMapViews {
  private DeviceMapViews() {}

  /** A line of the list. */
  static Map<String, @Nullable Object> line(Stored map, int devices) {
    DeviceMapDocument document = DeviceMapDocument.read(map.content());
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("name", map.name());
    line.put("origin", map.own() ? "own" : "shipped");
    line.put("protocol", document.protocol());
    line.put("points", document.points().size());
    line.put("devices", devices);
    line.put("problem", document.problems().isEmpty() ? null : document.problems().get(0).text());
    return line;
  }

  static Map<String, @Nullable Object> whole(Stored map, List<String> devices) {
    Map<String, @Nullable Object> whole = new LinkedHashMap<>();
    whole.put("name", map.name());
    whole.put("origin", map.own() ? "own" : "shipped");
    whole.put("shipped", map.shipped());
    whole.put("devices", devices);
    whole.putAll(content(map.content()));
    return whole;
  }

  /** A text taken apart. */
  static Map<String, @Nullable Object> content(String text) {
    DeviceMapDocument document = DeviceMapDocument.read(text);
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("ok", document.problems().isEmpty());
    view.put("content", text);
    view.put("protocol", document.protocol());
    view.put("head", document.head());
    view.put("points", document.points());
    view.put("problems", document.problems());
    return view;
  }

  static Map<String, @Nullable Object> imported(DeviceMapImport.Report report, boolean written) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (DeviceMapImport.Outcome outcome : DeviceMapImport.Outcome.values()) {
      counts.put(key(outcome), report.count(outcome));
    }
    List<Map<String, Object>> rows =
        report.rows().stream()
            .map(
                row ->
                    Map.<String, Object>of(
                        "line",
                        row.line(),
                        "metric",
                        row.metric(),
                        "outcome",
                        key(row.outcome()),
                        "detail",
                        row.detail()))
            .toList();
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("written", written);
    view.put("counts", counts);
    view.put("rows", rows);
    view.put("ignored", report.ignored());
    view.put("refusal", report.refusal());
    view.put("content", report.map());
    return view;
  }

  private static String key(DeviceMapImport.Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
