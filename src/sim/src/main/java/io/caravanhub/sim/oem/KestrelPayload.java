package io.caravanhub.sim.oem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.sim.plant.HvacReading;
import java.time.Instant;

/**
 * How the Kestrel cloud tells a unit's readings: a list of channels with id, value and unit,
 * pressures in bar, epoch milliseconds, and a list of the controller's own fault codes.
 */
public final class KestrelPayload {
  /** Absolute discharge pressure in kPa above which the unit's controller raises K-118. */
  private static final double HIGH_PRESSURE = 3300;

  private final ObjectMapper json = new ObjectMapper();
  private final String serial;
  private long sequence;

  public KestrelPayload(String serial) {
    this.serial = serial;
  }

  /** The event for one reading. */
  public byte[] encode(HvacReading reading, Instant at) throws JsonProcessingException {
    ObjectNode event = json.createObjectNode();
    event.put("event", "unit.telemetry").put("seq", ++sequence);
    event.putObject("unit").put("serial", serial).put("series", "K-Series");
    event.put("observedAt", at.toEpochMilli());
    ArrayNode channels = event.putArray("channels");
    channel(channels, "SA_T", reading.supplyAirTemp(), "degC");
    channel(channels, "RA_T", reading.returnAirTemp(), "degC");
    channel(channels, "OA_T", reading.outdoorAirTemp(), "degC");
    channel(channels, "EV_T", reading.coilTemp(), "degC");
    channel(channels, "SP_C", reading.coolingSetpoint(), "degC");
    channel(channels, "LP", bar(reading.suctionPressure()), "bar");
    channel(channels, "HP", bar(reading.dischargePressure()), "bar");
    channel(channels, "SH", reading.superheat(), "K");
    channel(channels, "CMP_I", reading.compressorCurrent(), "A");
    channel(channels, "FAN_I", reading.fanCurrent(), "A");
    channel(channels, "FLT_DP", reading.filterPressureDrop(), "Pa");
    channel(channels, "P_EL", reading.power(), "kW");
    channel(channels, "CMP_H", reading.runtime(), "h");
    channels.addObject().put("id", "CMP_S").put("text", reading.compressorOn() ? "RUN" : "IDLE");
    ArrayNode faults = event.putArray("faults");
    if (reading.dischargePressure() > HIGH_PRESSURE) {
      faults.addObject().put("code", "K-118").put("text", "high discharge pressure");
    }
    return json.writeValueAsBytes(event);
  }

  private static void channel(ArrayNode channels, String id, double value, String unit) {
    channels.addObject().put("id", id).put("val", value).put("uom", unit);
  }

  private static double bar(double kilopascal) {
    return Math.rint(kilopascal * 10) / 1000;
  }
}
