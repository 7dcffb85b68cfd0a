package io.caravanhub.core.fieldbus;

import io.caravanhub.core.unit.Units;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.milo.opcua.stack.core.types.structured.EUInformation;
import org.jspecify.annotations.Nullable;

/**
 * Finds the UCUM code of an engineering unit. A unit id is the letters of a code of UNECE
 * Recommendation 20, one byte each (Part 8, clause 5.6.3).
 */
final class OpcUaUnits {
  private static final Map<String, String> UCUM = new HashMap<>();

  static {
    String[] codes = {
      "CEL Cel",
      "FAH [degF]",
      "KEL K",
      "PAL Pa",
      "A97 hPa",
      "KPA kPa",
      "MPA MPa",
      "BAR bar",
      "MBR mbar",
      "PS [psi]",
      "P1 %",
      "HTZ Hz",
      "KHZ kHz",
      "VLT V",
      "KVT kV",
      "AMP A",
      "4K mA",
      "WTT W",
      "KWT kW",
      "MAW MW",
      "WHR W.h",
      "KWH kW.h",
      "MWH MW.h",
      "D46 V.A",
      "KVA kV.A",
      "JOU J",
      "KJO kJ",
      "MTR m",
      "MMT mm",
      "CMT cm",
      "KMT km",
      "MTS m/s",
      "C16 mm/s",
      "KMH km/h",
      "MTK m2",
      "MTQ m3",
      "LTR L",
      "MQH m3/h",
      "MQS m3/s",
      "L2 L/min",
      "E32 L/h",
      "G51 L/s",
      "KGM kg",
      "GRM g",
      "TNE t",
      "KGS kg/s",
      "E93 kg/h",
      "RPM /min",
      "SEC s",
      "C26 ms",
      "MIN min",
      "HUR h",
      "DAY d",
      "59 [ppm]",
      "DD deg",
      "C81 rad",
      "NEW N",
      "NU N.m",
      "LUX lx",
      "2N dB",
      "OHM Ohm",
      "MSK m/s2",
      "C65 Pa.s",
      "Q32 fL"
    };
    for (String code : codes) {
      int space = code.indexOf(' ');
      UCUM.put(code.substring(0, space), code.substring(space + 1));
    }
  }

  private OpcUaUnits() {}

  /** The unit's code as this application knows it, or null. */
  static @Nullable String ucum(EUInformation unit) {
    String known = UCUM.get(code(unit.getUnitId() == null ? 0 : unit.getUnitId()));
    if (known != null && Units.isKnown(known)) {
      return known;
    }
    String shown = unit.getDisplayName() == null ? null : unit.getDisplayName().text();
    return shown != null && Units.isKnown(shown) ? shown : null;
  }

  private static String code(int unitId) {
    StringBuilder code = new StringBuilder();
    for (int shift = 24; shift >= 0; shift -= 8) {
      int letter = unitId >> shift & 0xFF;
      if (letter != 0) {
        code.append((char) letter);
      }
    }
    return code.toString();
  }
}
