package io.caravanhub.hub.console;

import io.caravanhub.core.telemetry.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which metrics of a device type a person looks at first. */
final class KeyMetrics {
  private static final List<String> AIR_SIDE =
      List.of(
          "supply_air_temp",
          "suction_pressure",
          "superheat",
          "filter_pressure_drop",
          "compressor_current",
          "return_air_temp");
  private static final List<String> PUMP =
      List.of("vibration_rms", "bearing_temp", "flow", "power", "motor_current");
  private static final Map<String, List<String>> BY_TYPE =
      Map.of(
          "rooftop_unit", AIR_SIDE,
          "air_handling_unit", AIR_SIDE,
          "pump", PUMP,
          "fan", PUMP,
          "motor", PUMP);

  private KeyMetrics() {}

  /**
   * The most telling metrics a device has, numbers before texts.
   *
   * @param concern the metric of its worst open event, which comes first, or null
   */
  static List<Measurement> pick(
      String type, @Nullable String concern, Map<String, Measurement> latest, int most) {
    Set<String> order = new LinkedHashSet<>();
    if (concern != null) {
      order.add(concern);
    }
    order.addAll(BY_TYPE.getOrDefault(type, List.of()));
    List<String> rest = new ArrayList<>(latest.keySet());
    rest.sort(null);
    rest.stream().filter(k -> text(latest.get(k)) == null).forEach(order::add);
    order.addAll(rest);
    List<Measurement> picked = new ArrayList<>();
    for (String key : order) {
      Measurement m = latest.get(key);
      if (m != null && picked.size() < most) {
        picked.add(m);
      }
    }
    return picked;
  }

  private static @Nullable String text(@Nullable Measurement m) {
    return m == null ? null : m.text();
  }
}
