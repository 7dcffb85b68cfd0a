package io.caravanhub.core.fieldbus;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/**
 * Leaves out readings that say nothing new: of a point with a deadband, those within it of the last
 * one told. A change of quality is always told, and one reading in so many, that silence is not
 * taken for sameness. Not safe for several threads.
 */
final class Deadband {
  private final IdentityHashMap<DevicePoint, Told> told = new IdentityHashMap<>();

  private static final class Told {
    private final Reading reading;
    private int untold;

    private Told(Reading reading) {
      this.reading = reading;
    }
  }

  /** Those that are to be told. */
  List<Reading> filter(List<Reading> readings) {
    if (readings.stream().noneMatch(reading -> reading.point().sampling().deadband() != null)) {
      return readings;
    }
    List<Reading> kept = new ArrayList<>(readings.size());
    for (Reading reading : readings) {
      Double width = reading.point().sampling().deadband();
      if (width == null || isNews(reading, width)) {
        kept.add(reading);
      }
    }
    return kept;
  }

  /** The next reading of each point is told, whatever it is. */
  void forget() {
    told.clear();
  }

  private boolean isNews(Reading reading, double width) {
    Told last = told.get(reading.point());
    if (last == null
        || differs(last.reading, reading, width)
        || ++last.untold >= reading.point().sampling().heartbeat()) {
      told.put(reading.point(), new Told(reading));
      return true;
    }
    return false;
  }

  private static boolean differs(Reading before, Reading now, double width) {
    if (before.quality() != now.quality() || !Objects.equals(before.reason(), now.reason())) {
      return true;
    }
    return (before.value() instanceof Double a && now.value() instanceof Double b)
        ? Math.abs(a - b) > width
        : !Objects.equals(before.value(), now.value());
  }
}
