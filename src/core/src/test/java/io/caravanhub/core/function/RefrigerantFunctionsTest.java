package io.caravanhub.core.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Saturation of refrigerants. */
class RefrigerantFunctionsTest {

  /** Cel and kPa of the reference equations of state, halfway between the points of the curves. */
  @ParameterizedTest
  @CsvSource({
    "R134a, -35, 66.144", "R134a, -15, 163.94", "R134a, 5, 349.66", "R134a, 25, 665.36",
    "R134a, 75, 2364.2", "R22, -35, 132.05", "R22, -15, 296.21", "R22, 5, 584.03",
    "R22, 25, 1043.8", "R22, 55, 2175.3", "R290, -35, 137.24", "R290, -15, 291.64",
    "R290, 5, 551.07", "R290, 25, 951.98", "R290, 55, 1907.3", "R32, -35, 221.38",
    "R32, -15, 488.07", "R32, 5, 951.44", "R32, 25, 1689.6", "R32, 55, 3519.9",
    "R410A, -35, 218.14", "R410A, -15, 480.04", "R410A, 5, 933.18", "R410A, 25, 1652.1",
    "R410A, 55, 3431.6", "R717, -35, 93.03", "R717, -15, 236.15", "R717, 5, 515.79",
    "R717, 25, 1003.1", "R717, 55, 2310", "R744, -45, 831.83", "R744, -25, 1682.7",
    "R744, -5, 3045.9", "R744, 15, 5087.1", "R744, 25, 6434.3"
  })
  void betweenItsPointsACurveIsWithinATenthOfAKelvinOfTheEquationOfState(
      String refrigerant, double cel, double kPa) {
    assertThat(number(RefrigerantFunctions.saturationTemp(kPa, refrigerant)))
        .isCloseTo(cel, within(0.1));
    assertThat(number(RefrigerantFunctions.saturationPressure(cel, refrigerant)))
        .isCloseTo(kPa, within(kPa * 0.003));
  }

  /** At 0 Cel, as tables of refrigerants print it. */
  @ParameterizedTest
  @CsvSource({
    "R410A, 798",
    "R134a, 292.8",
    "R32, 813.1",
    "R290, 474.5",
    "R744, 3485",
    "R22, 498",
    "R717, 429.4"
  })
  void atTheFreezingPointACurveIsWhatTablesPrint(String refrigerant, double kPa) {
    assertThat(number(RefrigerantFunctions.saturationPressure(0, refrigerant)))
        .isCloseTo(kPa, within(0.15));
  }

  private static double number(@Nullable Object value) {
    return ((Number) Objects.requireNonNull(value)).doubleValue();
  }
}
