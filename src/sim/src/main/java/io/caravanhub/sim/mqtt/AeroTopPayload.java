package io.caravanhub.sim.mqtt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.sim.plant.HvacReading;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * How a Halden AeroTop tells its readings: one flat object, imperial units (temperatures in degrees
 * Fahrenheit, absolute pressures in psi, filter drop in inches of water column), epoch seconds.
 */
public final class AeroTopPayload {
  private final ObjectMapper json = new ObjectMapper();
  private final String serial;

  public AeroTopPayload(String serial) {
    this.serial = serial;
  }

  /** The message for one reading. */
  public byte[] encode(HvacReading reading, Instant at) throws JsonProcessingException {
    return json.writeValueAsBytes(
        json.createObjectNode()
            .put("sn", serial)
            .put("mdl", "AeroTop 075")
            .put("t", BigDecimal.valueOf(at.toEpochMilli(), 3))
            .put("SAT_F", fahrenheit(reading.supplyAirTemp()))
            .put("RAT_F", fahrenheit(reading.returnAirTemp()))
            .put("OAT_F", fahrenheit(reading.outdoorAirTemp()))
            .put("COIL_F", fahrenheit(reading.coilTemp()))
            .put("CLG_SP_F", fahrenheit(reading.coolingSetpoint()))
            .put("SUCT_PSIA", psi(reading.suctionPressure()))
            .put("DISCH_PSIA", psi(reading.dischargePressure()))
            .put("SH_DF", round(reading.superheat() * 1.8, 2))
            .put("CMP_STS", reading.compressorOn() ? 1 : 0)
            .put("CMP_A", reading.compressorCurrent())
            .put("FAN_A", reading.fanCurrent())
            .put("FLT_INWC", round(reading.filterPressureDrop() / 249.08891, 4))
            .put("KW", reading.power())
            .put("CMP_HRS", round(reading.runtime(), 2)));
  }

  private static double fahrenheit(double celsius) {
    return round(celsius * 1.8 + 32, 2);
  }

  private static double psi(double kilopascal) {
    return round(kilopascal / 6.894757293168, 2);
  }

  private static double round(double value, int digits) {
    double scale = Math.pow(10, digits);
    return Math.rint(value * scale) / scale;
  }
}
