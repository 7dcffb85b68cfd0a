package io.caravanhub.core.bacnet;

import java.util.Map;
import java.util.Optional;

/** UCUM codes of BACnet's engineering units (clause 21, BACnetEngineeringUnits) in common use. */
public final class EngineeringUnit {
  private static final Map<Integer, String> UCUM =
      Map.ofEntries(
          Map.entry(0, "m2"),
          Map.entry(2, "mA"),
          Map.entry(3, "A"),
          Map.entry(4, "Ohm"),
          Map.entry(5, "V"),
          Map.entry(6, "kV"),
          Map.entry(8, "VA"),
          Map.entry(9, "kVA"),
          Map.entry(11, "var"),
          Map.entry(12, "kvar"),
          Map.entry(14, "deg"),
          Map.entry(15, "1"),
          Map.entry(16, "J"),
          Map.entry(17, "kJ"),
          Map.entry(18, "Wh"),
          Map.entry(19, "kWh"),
          Map.entry(20, "[Btu_IT]"),
          Map.entry(27, "Hz"),
          Map.entry(28, "g/kg"),
          Map.entry(29, "%"),
          Map.entry(30, "mm"),
          Map.entry(31, "m"),
          Map.entry(32, "[in_i]"),
          Map.entry(33, "[ft_i]"),
          Map.entry(35, "W/m2"),
          Map.entry(37, "lx"),
          Map.entry(39, "kg"),
          Map.entry(42, "kg/s"),
          Map.entry(44, "kg/h"),
          Map.entry(47, "W"),
          Map.entry(48, "kW"),
          Map.entry(49, "MW"),
          Map.entry(50, "[Btu_IT]/h"),
          Map.entry(51, "[HP]"),
          Map.entry(53, "Pa"),
          Map.entry(54, "kPa"),
          Map.entry(55, "bar"),
          Map.entry(56, "[psi]"),
          Map.entry(58, "[in_i'H2O]"),
          Map.entry(62, "Cel"),
          Map.entry(63, "K"),
          Map.entry(64, "[degF]"),
          Map.entry(70, "d"),
          Map.entry(71, "h"),
          Map.entry(72, "min"),
          Map.entry(73, "s"),
          Map.entry(74, "m/s"),
          Map.entry(75, "km/h"),
          Map.entry(77, "[ft_i]/min"),
          Map.entry(79, "[cft_i]"),
          Map.entry(80, "m3"),
          Map.entry(82, "L"),
          Map.entry(83, "[gal_us]"),
          Map.entry(84, "[cft_i]/min"),
          Map.entry(85, "m3/s"),
          Map.entry(87, "L/s"),
          Map.entry(88, "L/min"),
          Map.entry(89, "[gal_us]/min"),
          Map.entry(90, "deg"),
          Map.entry(95, "1"),
          Map.entry(96, "[ppm]"),
          Map.entry(97, "[ppb]"),
          Map.entry(98, "%"),
          Map.entry(100, "/min"),
          Map.entry(104, "/min"),
          Map.entry(121, "K"),
          Map.entry(124, "mV"),
          Map.entry(126, "MJ"),
          Map.entry(129, "kHz"),
          Map.entry(131, "/h"),
          Map.entry(133, "hPa"),
          Map.entry(134, "mbar"),
          Map.entry(135, "m3/h"),
          Map.entry(136, "L/h"),
          Map.entry(146, "MWh"),
          Map.entry(159, "ms"),
          Map.entry(161, "mm/s"),
          Map.entry(165, "m3/min"),
          Map.entry(166, "m/s2"),
          Map.entry(193, "km"),
          Map.entry(194, "um"),
          Map.entry(195, "g"),
          Map.entry(199, "dB"),
          Map.entry(218, "mg/m3"),
          Map.entry(219, "ug/m3"));

  private EngineeringUnit() {}

  /** The UCUM code of a unit's number; empty when none is known here. */
  public static Optional<String> ucum(long number) {
    return number < 0 || number > 0xFFFF
        ? Optional.empty()
        : Optional.ofNullable(UCUM.get((int) number));
  }
}
