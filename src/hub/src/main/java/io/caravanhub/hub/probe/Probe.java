package io.caravanhub.hub.probe;

import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.ProbePoint;

/**
 * One connection test under way.
 *
 * @param connection the device, as registered
 * @param point what is read
 * @param began {@link System#nanoTime()}
 */
record Probe(FieldbusConnection connection, ProbePoint point, long began) {

  /** The endpoint that reads the point once. */
  String uri() {
    boolean modbus = connection.protocol().equals("modbus-tcp");
    String uri =
        modbus
            ? "plc4x:modbus-tcp://" + connection.address()
            : "plc4x:opcua:tcp://" + connection.address().substring("opc.tcp://".length());
    // Without autoReconnect the component reads {} from its second connection on.
    return uri
        + "?autoReconnect=true&request-timeout=3000"
        + (modbus
            ? "&default-unit-identifier="
                + connection.unitId()
                + "&default-payload-byte-order="
                + point.byteOrder()
            : "&negotiation-timeout=3000")
        + "&tag.value=RAW("
        + point.tag()
        + ")";
  }

  long millis() {
    return (System.nanoTime() - began) / 1_000_000;
  }
}
