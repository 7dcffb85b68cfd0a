package io.caravanhub.core.unit;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tech.units.indriya.unit.Units.*;

import java.util.Map;
import javax.measure.IncommensurableException;
import javax.measure.MetricPrefix;
import javax.measure.Unit;
import org.junit.jupiter.api.Test;

/**
 * The table against indriya's own arithmetic, for the units that indriya defines itself. The rest
 * (psi, Btu, gallons, rpm, var) it would have to be told, and would know from us.
 */
class IndriyaTest {
  private static final Map<String, Unit<?>> DEFINED =
      Map.ofEntries(
          entry("K", KELVIN),
          entry("Cel", CELSIUS),
          entry("Pa", PASCAL),
          entry("hPa", MetricPrefix.HECTO(PASCAL)),
          entry("kPa", MetricPrefix.KILO(PASCAL)),
          entry("MPa", MetricPrefix.MEGA(PASCAL)),
          entry("W", WATT),
          entry("kW", MetricPrefix.KILO(WATT)),
          entry("MW", MetricPrefix.MEGA(WATT)),
          entry("J", JOULE),
          entry("kJ", MetricPrefix.KILO(JOULE)),
          entry("kW.h", MetricPrefix.KILO(WATT).multiply(HOUR)),
          entry("V", VOLT),
          entry("mV", MetricPrefix.MILLI(VOLT)),
          entry("A", AMPERE),
          entry("mA", MetricPrefix.MILLI(AMPERE)),
          entry("Ohm", OHM),
          entry("kOhm", MetricPrefix.KILO(OHM)),
          entry("Hz", HERTZ),
          entry("N", NEWTON),
          entry("m", METRE),
          entry("mm", MetricPrefix.MILLI(METRE)),
          entry("m2", SQUARE_METRE),
          entry("m3", CUBIC_METRE),
          entry("L", LITRE),
          entry("kg", KILOGRAM),
          entry("g", GRAM),
          entry("s", SECOND),
          entry("min", MINUTE),
          entry("h", HOUR),
          entry("d", DAY),
          entry("m/s", METRE_PER_SECOND),
          entry("km/h", KILOMETRE_PER_HOUR),
          entry("m3/h", CUBIC_METRE.divide(HOUR)),
          entry("m3/s", CUBIC_METRE.divide(SECOND)),
          entry("L/min", LITRE.divide(MINUTE)),
          entry("lx", LUX),
          entry("rad", RADIAN));

  @Test
  void agreesWhereverBothKnowAUnit() throws IncommensurableException {
    int compared = 0;
    for (Map.Entry<String, Unit<?>> from : DEFINED.entrySet()) {
      for (Map.Entry<String, Unit<?>> to : DEFINED.entrySet()) {
        if (Units.sameDimension(from.getKey(), to.getKey())) {
          double expected = from.getValue().getConverterToAny(to.getValue()).convert(7.0);
          assertThat(Units.convert(7, from.getKey(), to.getKey()))
              .as(from.getKey() + " to " + to.getKey())
              .isInstanceOfSatisfying(
                  Converted.Value.class,
                  value ->
                      assertThat(value.value())
                          .isCloseTo(expected, within(Math.abs(expected) * 1e-12)));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(80);
  }
}
