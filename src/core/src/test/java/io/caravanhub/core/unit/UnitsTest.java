package io.caravanhub.core.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import javax.measure.IncommensurableException;
import javax.measure.Unit;
import javax.measure.format.UnitFormat;
import javax.measure.spi.ServiceProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
  private static double value(Converted converted) {
    assertThat(converted).isInstanceOf(Converted.Value.class);
    return ((Converted.Value) converted).value();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "55, [degF], Cel, 12.7777777778",
        "-40, [degF], Cel, -40",
        "0, Cel, K, 273.15",
        "300, K, Cel, 26.85",
        "100, [psi], kPa, 689.4757293168",
        "1, bar, [psi], 14.5037737730",
        "2, bar, kPa, 200",
        "1, [in_i'H2O], Pa, 249.08891",
        "250, Pa, [in_i'H2O], 1.0036576900",
        "1, [in_i'Hg], kPa, 3.3863788",
        "100, [gal_us]/min, m3/h, 22.712470704",
        "1000, [cft_i]/min, m3/h, 1699.01079552",
        "3.6, m3/h, L/s, 1",
        "1, [HP], kW, 0.7456998715823",
        "1, kW.h, MJ, 3.6",
        "12000, [Btu_IT]/h, kW, 3.5168528421",
        "1, [in_i]/s, mm/s, 25.4",
        "1, [g], m/s2, 9.80665",
        "1450, rpm, Hz, 24.1666666667",
        "1450, rpm, /min, 1450",
        "50, %, 1, 0.5",
        "400, [ppm], %, 0.04",
        "90, min, h, 1.5",
        "180, deg, rad, 3.1415926536",
        "3, dB, dB, 3",
        "12.5, °C, Cel, 12.5",
      })
  void convertsGoldenValues(double value, String from, String to, double expected) {
    assertThat(value(Units.convert(value, from, to))).isCloseTo(expected, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "6.1, W, kW, 0.0061",
    "4.35, m, cm, 435",
    "21.7, Cel, K, 294.85",
    "-40, [degF], Cel, -40",
    "71.2, [degF], Cel, 21.7777777777778",
    "1e-7, kW, W, 1e-4",
    "0, [degF], Cel, -17.7777777777778",
    "0, W, kW, 0",
    "-6.1, W, kW, -0.0061",
    "9.99999999999999e14, W, kW, 999999999999.999",
    "1e300, kW, W, 1e303"
  })
  void convertedNumbersHaveFifteenDigitsAndNoRemainders(
      double value, String from, String to, double converted) {
    assertThat(value(Units.convert(value, from, to))).isEqualTo(converted);
  }

  @Test
  void whatIsNoNumberStaysNone() {
    assertThat(value(Units.convert(Double.NaN, "W", "kW"))).isNaN();
    assertThat(value(Units.convert(Double.POSITIVE_INFINITY, "W", "kW"))).isInfinite();
  }

  @Test
  void convertsADifferenceWithoutTheOffsetOfTheScale() {
    assertThat(value(Units.convertDifference(10, "Cel", "K"))).isEqualTo(10);
    assertThat(value(Units.convertDifference(18, "[degF]", "K"))).isCloseTo(10, within(1e-12));
    assertThat(value(Units.convertDifference(5, "K", "[degF]"))).isCloseTo(9, within(1e-12));
  }

  @Test
  void leavesAValueInItsOwnUnitExactlyAsItIs() {
    assertThat(value(Units.convert(0.1 + 0.2, "[degF]", "degF"))).isEqualTo(0.1 + 0.2);
  }

  @Test
  void convertsRoundTemperaturesToRoundTemperatures() {
    assertThat(value(Units.convert(50, "[degF]", "Cel"))).isEqualTo(10);
    assertThat(value(Units.convert(10, "Cel", "[degF]"))).isEqualTo(50);
    assertThat(value(Units.convert(212, "[degF]", "Cel"))).isEqualTo(100);
    assertThat(value(Units.convert(20, "Cel", "K"))).isEqualTo(293.15);
  }

  @Test
  void refusesAnUnknownUnitByName() {
    assertThat(Units.convert(1, "furlong", "m"))
        .isEqualTo(new Converted.Refused("unknown unit \"furlong\""));
    assertThat(Units.convertDifference(1, "K", "cel"))
        .isEqualTo(new Converted.Refused("unknown unit \"cel\""));
    assertThat(Units.isKnown("furlong")).isFalse();
    assertThat(Units.canonical("furlong")).isNull();
  }

  @Test
  void refusesAUnitThatMeasuresSomethingElse() {
    assertThat(Units.convert(1, "kPa", "Cel"))
        .isEqualTo(
            new Converted.Refused("\"kPa\" cannot become \"Cel\": PRESSURE is not TEMPERATURE"));
    assertThat(Units.sameDimension("kPa", "Cel")).isFalse();
    assertThat(Units.sameDimension("kPa", "[psi]")).isTrue();
    assertThat(Units.sameDimension("nothing", "nothing")).isFalse();
  }

  @Test
  void knowsTheCodeOfAVendorsName() {
    assertThat(Units.canonical("rpm")).isEqualTo("/min");
    assertThat(Units.canonical("kPa")).isEqualTo("kPa");
  }

  @Test
  void hasTheBaseUnitOfEveryDimension() {
    for (Dimension dimension : Dimension.values()) {
      assertThat(Units.dimension(dimension.base())).isEqualTo(dimension);
    }
  }

  /** Torque, sound and vars apart, the table agrees with an independent reading of UCUM. */
  @Test
  void agreesWithSystemsUcumWhereThatIsRight() {
    UnitFormat ucum =
        ServiceProvider.available().stream()
            .filter(provider -> provider.getClass().getName().contains("ucum"))
            .findFirst()
            .orElseThrow()
            .getFormatService()
            .getUnitFormat("CS");
    Set<String> wrongThere = Set.of("[HP]", "dB", "dB{mW}", "[degR]");
    int compared = 0;
    Set<String> codes = new HashSet<>();
    Units.known().forEach(unit -> codes.add(String.valueOf(Units.canonical(unit))));
    for (String code : codes) {
      Dimension dimension = Units.dimension(code);
      try {
        Unit<?> unit = ucum.parse(code);
        Unit<?> base = ucum.parse(dimension == null ? "" : dimension.base());
        if (!wrongThere.contains(code)) {
          double expected = unit.getConverterToAny(base).convert(7.0);
          double actual = value(Units.convert(7, code, dimension.base()));
          assertThat(actual).as(code).isCloseTo(expected, within(Math.abs(expected) * 1e-9));
          compared++;
        }
      } catch (IncommensurableException | RuntimeException unknownThere) {
        continue;
      }
    }
    assertThat(compared).isGreaterThan(90);
  }
}
