package io.caravanhub.core.function;

import org.jspecify.annotations.Nullable;

/**
 * Moist air from temperature (Cel) and relative humidity (%); called by the library. Saturation by
 * the Magnus form over water, coefficients of WMO-No. 8 (2018, annex 4.B); wet bulb by Stull (2011,
 * J. Appl. Meteor. Climatol. 50), within 1 K for 5 to 99 % and -20 to 50 Cel at sea level; enthalpy
 * and humidity ratio as in the ASHRAE Handbook of Fundamentals (2017, chapter 1).
 */
public final class AirFunctions {
  private static final double SEA_LEVEL = 101.325;

  private AirFunctions() {}

  /** Dew point, Cel. */
  public static @Nullable Object dewPoint(@Nullable Object temperature, @Nullable Object humidity) {
    Double t = Arguments.number("dewPoint", temperature);
    Double rh = humidity("dewPoint", humidity);
    if (t == null || rh == null || rh == 0) {
      return null;
    }
    double gamma = Math.log(rh / 100) + 17.62 * t / (243.12 + t);
    return round(243.12 * gamma / (17.62 - gamma));
  }

  /** Wet bulb temperature, Cel. */
  public static @Nullable Object wetBulb(@Nullable Object temperature, @Nullable Object humidity) {
    Double t = Arguments.number("wetBulb", temperature);
    Double rh = humidity("wetBulb", humidity);
    if (t == null || rh == null) {
      return null;
    }
    return round(
        t * Math.atan(0.151977 * Math.sqrt(rh + 8.313659))
            + Math.atan(t + rh)
            - Math.atan(rh - 1.676331)
            + 0.00391838 * Math.pow(rh, 1.5) * Math.atan(0.023101 * rh)
            - 4.686035);
  }

  /** Grams of water in a kilogram of dry air; pressure in kPa, sea level when it is not given. */
  public static @Nullable Object humidityRatio(
      @Nullable Object temperature, @Nullable Object humidity, @Nullable Object pressure) {
    Double ratio = ratio("humidityRatio", temperature, humidity, pressure);
    return ratio == null ? null : round(ratio * 1000);
  }

  /** Enthalpy of moist air, kJ per kilogram of dry air, 0 at 0 Cel and dry. */
  public static @Nullable Object enthalpy(
      @Nullable Object temperature, @Nullable Object humidity, @Nullable Object pressure) {
    Double ratio = ratio("enthalpy", temperature, humidity, pressure);
    Double t = Arguments.number("enthalpy", temperature);
    return ratio == null || t == null ? null : round(1.006 * t + ratio * (2501 + 1.86 * t));
  }

  private static @Nullable Double ratio(
      String function,
      @Nullable Object temperature,
      @Nullable Object humidity,
      @Nullable Object pressure) {
    Double t = Arguments.number(function, temperature);
    Double rh = humidity(function, humidity);
    if (t == null || rh == null) {
      return null;
    }
    double vapour = rh / 100 * 0.6112 * Math.exp(17.62 * t / (243.12 + t));
    double total = Arguments.number(function, pressure, SEA_LEVEL);
    return vapour >= total ? null : (Double) (0.621945 * vapour / (total - vapour));
  }

  private static @Nullable Double humidity(String function, @Nullable Object value) {
    Double rh = Arguments.number(function, value);
    if (rh != null && (rh < 0 || rh > 100)) {
      throw Arguments.wrong(function, "expected a relative humidity from 0 to 100", value);
    }
    return rh;
  }

  private static Number round(double value) {
    return Arguments.result(Math.rint(value * 1000) / 1000);
  }
}
