package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Modbus, over TCP with its own header or with the frames of the serial line, or on a serial line.
 *
 * @param name which of them
 */
record ModbusProtocol(String name) implements FieldbusProtocol {
  static final String TCP = "modbus-tcp";
  static final String RTU_TCP = "modbus-rtu-tcp";
  static final String RTU = "modbus-rtu";

  @Override
  public String family() {
    return "modbus";
  }

  @Override
  public Set<String> mapFields() {
    return ModbusPlaces.MAP_FIELDS;
  }

  @Override
  public Set<String> pointFields() {
    return ModbusPlaces.POINT_FIELDS;
  }

  @Override
  public Set<String> options() {
    return ModbusOptions.names(name);
  }

  @Override
  public void check(Map<String, String> options) {
    ModbusOptions.read(options);
  }

  @Override
  public PlaceReader places(JsonNode map) {
    return new ModbusPlaces(map);
  }

  @Override
  public DeviceLinks links(PollTiming timing, ScheduledExecutorService clock) {
    return new ModbusLinks(name, timing.request(), clock);
  }
}
