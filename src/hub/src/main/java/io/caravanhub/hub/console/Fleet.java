package io.caravanhub.hub.console;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.hub.telemetry.LatestValues;
import io.caravanhub.hub.telemetry.SharedValues;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Devices of the tenant in force, with what they say now. */
@Component
class Fleet {
  private static final int MAIN_AND_OTHERS = 4;
  private static final int SPARK_STEPS = 60;
  private static final Duration SPARK_STEP = Duration.ofSeconds(10);

  private final DeviceList devices;
  private final HistoryReader history;
  private final LatestValues latest;
  private final SharedValues shared;
  private final Wording wording = new Wording();
  private final Duration silentAfter;
  private final Remembered<Map<String, double[]>> means = new Remembered<>(Duration.ofSeconds(5));
  private final Remembered<List<String>> ids = new Remembered<>(Duration.ofSeconds(3));

  Fleet(
      DeviceList devices,
      HistoryReader history,
      LatestValues latest,
      SharedValues shared,
      @Value("${hub.console.silent-after:PT1M}") Duration silentAfter) {
    this.devices = devices;
    this.history = history;
    this.latest = latest;
    this.shared = shared;
    this.silentAfter = silentAfter;
  }

  /**
   * @param online devices that spoke lately
   * @param all devices in use
   */
  record Count(int online, int all) {}

  Count count(String tenant) {
    List<String> all = ids.get(tenant, devices::ids);
    shared.refreshSeen(all, silentAfter);
    Instant since = Instant.now().minus(silentAfter);
    int online = 0;
    for (String id : all) {
      Instant seen = latest.lastSeen(id);
      if (seen != null && seen.isAfter(since)) {
        online++;
      }
    }
    return new Count(online, all.size());
  }

  Health health(DeviceLine device) {
    return Health.of(latest.lastSeen(device.id()), device.worst(), silentAfter);
  }

  /**
   * Tiles of the devices, in their order; the key tells lists apart for the small lines' memory.
   */
  List<DeviceTile> tiles(String key, List<DeviceLine> lines) {
    shared.refresh(lines.stream().map(DeviceLine::id).toList());
    List<List<Measurement>> picked =
        lines.stream()
            .map(
                d -> KeyMetrics.pick(d.type(), d.worstMetric(), latest.of(d.id()), MAIN_AND_OTHERS))
            .toList();
    List<HistoryReader.Wanted> wanted = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!picked.get(i).isEmpty()) {
        wanted.add(new HistoryReader.Wanted(lines.get(i).id(), picked.get(i).get(0).metric()));
      }
    }
    Map<String, double[]> lately =
        means.get(key, () -> history.means(wanted, SPARK_STEP, SPARK_STEPS));
    List<DeviceTile> tiles = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      tiles.add(tile(lines.get(i), picked.get(i), lately.get(lines.get(i).id())));
    }
    return tiles;
  }

  private DeviceTile tile(DeviceLine line, List<Measurement> picked, double @Nullable [] lately) {
    List<Reading> readings = picked.stream().map(m -> Reading.of(m, wording)).toList();
    return new DeviceTile(
        line,
        health(line),
        latest.lastSeen(line.id()),
        readings.isEmpty() ? null : readings.get(0),
        readings.isEmpty() ? List.of() : readings.subList(1, readings.size()),
        lately == null ? Sparkline.NONE : Sparkline.ofValues(lately));
  }
}
