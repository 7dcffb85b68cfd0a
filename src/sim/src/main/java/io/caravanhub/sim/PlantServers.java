package io.caravanhub.sim;

import io.caravanhub.sim.modbus.RooftopModbusServer;
import io.caravanhub.sim.opcua.PumpOpcUaServer;
import io.caravanhub.sim.plant.Plant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The devices of the plant that wait to be read: RTU-1 over Modbus TCP and PUMP-1 over OPC UA.
 *
 * @param modbus started
 * @param opcua started
 */
record PlantServers(RooftopModbusServer modbus, PumpOpcUaServer opcua) implements AutoCloseable {

  /** Starts both at the same time, for a fast start. */
  static PlantServers start(Plant plant, int modbusPort, int opcuaPort) throws Exception {
    FutureTask<PumpOpcUaServer> opcua =
        new FutureTask<>(() -> new PumpOpcUaServer(plant.pump("PUMP-1"), opcuaPort));
    new Thread(opcua, "start-opcua").start();
    RooftopModbusServer modbus = new RooftopModbusServer(plant.unit("RTU-1"), modbusPort);
    try {
      return new PlantServers(modbus, opcua.get());
    } catch (ExecutionException e) {
      modbus.close();
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void close() throws Exception {
    modbus.close();
    opcua.close();
  }
}
