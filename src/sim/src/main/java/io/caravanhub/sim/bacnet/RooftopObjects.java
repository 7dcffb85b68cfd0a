package io.caravanhub.sim.bacnet;

import io.caravanhub.sim.plant.HvacReading;
import io.caravanhub.sim.plant.RooftopUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The objects of the unit and what their properties hold. */
final class RooftopObjects {
  static final int ANALOG_INPUT = 0;
  static final int ANALOG_VALUE = 2;
  static final int BINARY_INPUT = 3;
  static final int DEVICE = 8;
  static final int MULTI_STATE_INPUT = 13;

  static final long FILTER = id(ANALOG_INPUT, 8);
  static final long FILTER_LIMIT = id(ANALOG_VALUE, 2);
  static final int MAX_APDU = 480;

  private static final int ANY_INSTANCE = 0x3F_FFFF;
  private static final int ALL = -1;

  private final int instance;
  private final RooftopUnit unit;
  private final Map<Long, Thing> things = new LinkedHashMap<>();
  private final Set<Integer> common = Set.of(75, 77, 79, 85, 111, 36, 81, 28);
  private volatile float filterLimit = 250;
  private volatile int filterState;

  /**
   * @param unit engineering unit (clause 21), or 95 for none
   * @param increment smallest change that is told
   */
  private record Thing(
      String name,
      String description,
      int unit,
      double increment,
      ToDoubleFunction<HvacReading> value) {}

  RooftopObjects(int instance, RooftopUnit unit) {
    this.instance = instance;
    this.unit = unit;
    analog(1, "SupplyAirTemp", "Supply air", 62, 0.2, HvacReading::supplyAirTemp);
    analog(2, "ReturnAirTemp", "Return air", 62, 0.2, HvacReading::returnAirTemp);
    analog(3, "OutdoorAirTemp", "Outdoor air", 62, 0.2, HvacReading::outdoorAirTemp);
    analog(4, "CoilTemp", "Evaporator", 62, 0.2, HvacReading::coilTemp);
    analog(5, "SuctionPressure", "Compressor suction", 54, 5, HvacReading::suctionPressure);
    analog(6, "DischargePressure", "Compressor discharge", 54, 10, HvacReading::dischargePressure);
    analog(7, "Superheat", "Evaporator superheat", 121, 0.2, HvacReading::superheat);
    analog(8, "FilterDrop", "Pressure over the filter", 53, 2, HvacReading::filterPressureDrop);
    analog(9, "CompressorCurrent", "Compressor", 3, 0.2, HvacReading::compressorCurrent);
    analog(10, "FanCurrent", "Supply fan", 3, 0.1, HvacReading::fanCurrent);
    analog(11, "Power", "All motors", 48, 0.2, HvacReading::power);
    analog(12, "Runtime", "Compressor in its life", 71, 1, HvacReading::runtime);
    analog(13, "AirFlow", "Supply air", 85, 0.05, HvacReading::airFlow);
    things.put(
        id(ANALOG_VALUE, 1),
        new Thing("CoolingSetpoint", "Room", 62, 0.1, HvacReading::coolingSetpoint));
    things.put(
        FILTER_LIMIT,
        new Thing("FilterLimit", "Alarm limit, can be written", 53, 1, now -> filterLimit));
    things.put(
        id(BINARY_INPUT, 1),
        new Thing("Compressor", "Whether it runs", 95, 1, now -> now.compressorOn() ? 1 : 0));
    things.put(
        id(MULTI_STATE_INPUT, 1),
        new Thing("Mode", "1 ventilates, 2 cools", 95, 1, now -> now.compressorOn() ? 2 : 1));
  }

  private void analog(
      int number,
      String name,
      String description,
      int units,
      double increment,
      ToDoubleFunction<HvacReading> value) {
    things.put(id(ANALOG_INPUT, number), new Thing(name, description, units, increment, value));
  }

  static long id(int type, int instance) {
    return (long) type << 22 | instance;
  }

  int instance() {
    return instance;
  }

  long device() {
    return id(DEVICE, instance);
  }

  boolean has(long object) {
    return things.containsKey(object);
  }

  double value(long object) {
    Thing thing = things.get(object);
    return thing == null ? Double.NaN : thing.value().applyAsDouble(unit.reading());
  }

  double increment(long object) {
    Thing thing = things.get(object);
    return thing == null ? Double.MAX_VALUE : thing.increment();
  }

  float filterLimit() {
    return filterLimit;
  }

  void setFilterLimit(float limit) {
    filterLimit = limit;
  }

  int filterState() {
    return filterState;
  }

  void setFilterState(int state) {
    filterState = state;
  }

  /** Bit 0 of the flags is in-alarm. */
  int flags(long object) {
    return object == FILTER && filterState != 0 ? 0x80 : 0;
  }

  /** The real identifier of an object: the instance that stands for any is the device's own. */
  long real(long object) {
    return object == id(DEVICE, ANY_INSTANCE) ? device() : object;
  }

  /**
   * What a property holds, tagged; null when the object or the property is not there.
   *
   * @param index of an array's element, or {@link #ALL}
   */
  byte @Nullable [] property(long object, int property, int index) {
    if (object == device()) {
      return ofDevice(property, index);
    }
    Thing thing = things.get(object);
    if (thing == null || index != ALL) {
      return null;
    }
    int type = (int) (object >>> 22);
    boolean analog = type == ANALOG_INPUT || type == ANALOG_VALUE;
    if (!common.contains(property) && !(analog && (property == 117 || property == 22))) {
      return null;
    }
    Octets out = new Octets();
    switch (property) {
      case 75 -> out.object(object);
      case 77 -> out.text(thing.name());
      case 79 -> out.enumerated(type);
      case 28 -> out.text(thing.description());
      case 36 -> out.enumerated(object == FILTER ? filterState : 0);
      case 81 -> out.add(0x10);
      case 111 -> out.bits(4, flags(object));
      case 117 -> out.enumerated(thing.unit());
      case 22 -> out.real((float) thing.increment());
      default -> presentValue(out, object);
    }
    return out.all();
  }

  void presentValue(Octets out, long object) {
    double value = value(object);
    switch ((int) (object >>> 22)) {
      case BINARY_INPUT -> out.enumerated((long) value);
      case MULTI_STATE_INPUT -> out.unsigned((long) value);
      default -> out.real((float) value);
    }
  }

  private byte @Nullable [] ofDevice(int property, int index) {
    Octets out = new Octets();
    switch (property) {
      case 75 -> out.object(device());
      case 76 -> list(out, index);
      case 77 -> out.text(unit.serial());
      case 28 -> out.text("Rooftop unit");
      case 70 -> out.text("AeroTop 40");
      case 121 -> out.text("Halden");
      case 79 -> out.enumerated(DEVICE);
      case 62 -> out.unsigned(MAX_APDU);
      case 107 -> out.enumerated(1);
      case 112 -> out.enumerated(0);
      default -> {
        return null;
      }
    }
    return out.all();
  }

  private void list(Octets out, int index) {
    List<Long> ids = new java.util.ArrayList<>(things.keySet());
    ids.add(0, device());
    if (index == 0) {
      out.unsigned(ids.size());
    } else if (index > 0 && index <= ids.size()) {
      out.object(ids.get(index - 1));
    } else if (index == ALL) {
      ids.forEach(out::object);
    }
  }
}
