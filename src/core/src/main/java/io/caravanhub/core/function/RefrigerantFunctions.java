package io.caravanhub.core.function;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Saturated refrigerants; called by the library. Between points ten kelvins apart the logarithm of
 * the pressure is straight over 1/T (Clausius and Clapeyron), which adds less than 0.05 K.
 *
 * <p>The points are saturation pressures of the reference equations of state: R134a of Tillner-Roth
 * and Baehr (1994), R22 of Kamei, Beyerlein and Jacobsen (1995), R290 of Lemmon, McLinden and
 * Wagner (2009), R32 of Tillner-Roth and Yokozeki (1997), R717 of Gao and others (2020), R744 of
 * Span and Wagner (1996); R410A is on the dew line of Lemmon (2003), and its bubbles begin 0.1 K
 * lower, at 60 Cel 0.2 K. Compared with the equations as CoolProp has them, the points are within
 * 0.02 K and what lies between them within 0.1 K; that of R410A at 50 Cel and more within 0.2 K.
 */
public final class RefrigerantFunctions {
  private static final double ZERO_CEL = 273.15;
  private static final double STEP = 10;

  /** From {@code first} Cel in steps of ten, kPa absolute. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Curve(double first, double... pressures) {
    double temperature(int point) {
      return first + STEP * point;
    }
  }

  private static final Map<String, Curve> CURVES =
      Map.of(
          "R134A",
          new Curve(
              -40, 51.21, 84.38, 132.73, 200.6, 292.8, 414.61, 571.71, 770.2, 1016.6, 1317.9,
              1681.8, 2116.8, 2633.2),
          "R22",
          new Curve(
              -40, 105.23, 163.89, 245.31, 354.79, 497.99, 680.95, 910.02, 1191.9, 1533.6, 1942.7,
              2427.5),
          "R290",
          new Curve(
              -40, 111.12, 167.83, 244.52, 345.28, 474.46, 636.6, 836.46, 1079, 1369.4, 1713.3,
              2116.8),
          "R32",
          new Curve(
              -40, 177.4, 273.4, 405.7, 582.6, 813.1, 1106.9, 1474.6, 1927.5, 2478.3, 3141.2, 3933),
          "R410A",
          new Curve(
              -40, 174.9, 269.4, 399.3, 572.7, 798, 1084.8, 1442.9, 1883.5, 2418.6, 3063, 3834.8),
          "R717",
          new Curve(
              -40, 71.62, 119.37, 190.05, 290.71, 429.38, 615.05, 857.48, 1167.2, 1554.9, 2033.1,
              2614.3),
          "R744",
          new Curve(-50, 682.3, 1004.5, 1427.8, 1969.6, 2648.7, 3485.1, 4502.2, 5729.1, 7213.7));

  private RefrigerantFunctions() {}

  /** Temperature in Cel at which the refrigerant boils under a pressure in kPa, absolute. */
  public static @Nullable Object saturationTemp(
      @Nullable Object pressure, @Nullable Object refrigerant) {
    Double kPa = Arguments.number("saturationTemp", pressure);
    if (kPa == null) {
      return null;
    }
    Curve curve = curve("saturationTemp", refrigerant);
    double[] points = curve.pressures();
    if (kPa < points[0] || kPa > points[points.length - 1]) {
      throw Arguments.wrong(
          "saturationTemp",
          "expected an absolute pressure from " + points[0] + " to " + points[points.length - 1],
          pressure);
    }
    int upper = 1;
    while (points[upper] < kPa) {
      upper++;
    }
    double share = Math.log(kPa / points[upper - 1]) / Math.log(points[upper] / points[upper - 1]);
    double low = 1 / (curve.temperature(upper - 1) + ZERO_CEL);
    double high = 1 / (curve.temperature(upper) + ZERO_CEL);
    return round(1 / (low + share * (high - low)) - ZERO_CEL, 100);
  }

  /** Absolute pressure in kPa under which the refrigerant boils at a temperature in Cel. */
  public static @Nullable Object saturationPressure(
      @Nullable Object temperature, @Nullable Object refrigerant) {
    Double cel = Arguments.number("saturationPressure", temperature);
    if (cel == null) {
      return null;
    }
    Curve curve = curve("saturationPressure", refrigerant);
    double[] points = curve.pressures();
    double last = curve.temperature(points.length - 1);
    if (cel < curve.first() || cel > last) {
      throw Arguments.wrong(
          "saturationPressure",
          "expected a temperature from " + curve.first() + " to " + last,
          temperature);
    }
    int lower = (int) Math.min(points.length - 2, (cel - curve.first()) / STEP);
    double low = 1 / (curve.temperature(lower) + ZERO_CEL);
    double high = 1 / (curve.temperature(lower + 1) + ZERO_CEL);
    double share = (1 / (cel + ZERO_CEL) - low) / (high - low);
    return round(points[lower] * Math.pow(points[lower + 1] / points[lower], share), 10);
  }

  private static Curve curve(String function, @Nullable Object refrigerant) {
    String name = Arguments.text(function, "refrigerant", refrigerant);
    Curve curve = CURVES.get(name.replaceAll("[ -]", "").toUpperCase(java.util.Locale.ROOT));
    if (curve == null) {
      throw Arguments.wrong(
          function,
          "expected one of " + String.join(", ", new TreeMap<>(CURVES).keySet()),
          refrigerant);
    }
    return curve;
  }

  private static Number round(double value, double places) {
    return Arguments.result(Math.rint(value * places) / places);
  }
}
