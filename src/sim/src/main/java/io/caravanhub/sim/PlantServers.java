package io.caravanhub.sim;

import io.caravanhub.sim.modbus.RooftopModbusServer;
import io.caravanhub.sim.opcua.PumpOpcUaServer;
import io.caravanhub.sim.plant.Plant;
import java.util.concurrent.CompletableFuture;

/**
 * The devices of the plant that wait to be read: RTU-1 over Modbus TCP and PUMP-1 over OPC UA.
 *
 * @param modbus started
 * @param opcua started
 */
record PlantServers(RooftopModbusServer modbus, PumpOpcUaServer opcua) implements AutoCloseable {

  /** Starts both at the same time, for a fast start. */
  static PlantServers start(Plant plant, int modbusPort, int opcuaPort) throws Exception {
    CompletableFuture<Object> opcua =
        CompletableFuture.supplyAsync(() -> startOpcUa(plant, opcuaPort));
    RooftopModbusServer modbus = new RooftopModbusServer(plant.unit("RTU-1"), modbusPort);
    if (opcua.get() instanceof PumpOpcUaServer server) {
      return new PlantServers(modbus, server);
    }
    modbus.close();
    throw (Exception) opcua.get();
  }

  private static Object startOpcUa(Plant plant, int port) {
    try {
      return new PumpOpcUaServer(plant.pump("PUMP-1"), port);
    } catch (Exception e) {
      return e;
    }
  }

  @Override
  public void close() throws Exception {
    modbus.close();
    opcua.close();
  }
}
