package io.caravanhub.sim.mqtt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.sim.plant.PumpReading;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * How a Brisk FlowMate tells its readings: nested objects, SI units (pressures in Pa), ISO time.
 */
public final class FlowMatePayload {
  private final ObjectMapper json = new ObjectMapper();
  private final String serial;

  public FlowMatePayload(String serial) {
    this.serial = serial;
  }

  /** The message for one reading. */
  public byte[] encode(PumpReading reading, Instant at) throws JsonProcessingException {
    ObjectNode message = json.createObjectNode();
    message.putObject("device").put("serial", serial).put("model", "FlowMate 40");
    message.put("time", at.truncatedTo(ChronoUnit.MILLIS).toString());
    ObjectNode hydraulics = message.putObject("hydraulics").put("flow", reading.flow());
    hydraulics
        .putObject("pressure")
        .put("inlet", Math.round(reading.inletPressure() * 1000))
        .put("outlet", Math.round(reading.outletPressure() * 1000));
    ObjectNode motor = message.putObject("motor").put("current", reading.motorCurrent());
    motor.put("power", Math.round(reading.power() * 1000)).put("hours", reading.runtime());
    ObjectNode bearing = message.putObject("bearing").put("temperature", reading.bearingTemp());
    bearing.putObject("vibration").put("rms", reading.vibration()).put("axis", "radial");
    return json.writeValueAsBytes(message);
  }
}
