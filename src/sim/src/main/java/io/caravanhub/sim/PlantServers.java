package io.caravanhub.sim;

import io.caravanhub.sim.bacnet.RooftopBacnetServer;
import io.caravanhub.sim.modbus.RooftopModbusServer;
import io.caravanhub.sim.oem.TarnCloud;
import io.caravanhub.sim.opcua.PumpOpcUaServer;
import io.caravanhub.sim.plant.Plant;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What waits to be read: RTU-1 over Modbus TCP, PUMP-1 over OPC UA, RTU-2's BACnet card, and the
 * Tarn cloud.
 *
 * @param modbus started
 * @param opcua started
 * @param bacnet started
 * @param tarn started; lets nobody in yet
 */
record PlantServers(
    RooftopModbusServer modbus, PumpOpcUaServer opcua, RooftopBacnetServer bacnet, TarnCloud tarn)
    implements AutoCloseable {
  private static final int BACNET_INSTANCE = 1002;

  /** Starts them at the same time, for a fast start. */
  static PlantServers start(
      Plant plant, int modbusPort, int opcuaPort, int bacnetPort, int cloudPort) throws Exception {
    FutureTask<PumpOpcUaServer> opcua =
        new FutureTask<>(() -> new PumpOpcUaServer(plant.pump("PUMP-1"), opcuaPort));
    new Thread(opcua, "start-opcua").start();
    RooftopModbusServer modbus = new RooftopModbusServer(plant.unit("RTU-1"), modbusPort);
    RooftopBacnetServer bacnet =
        new RooftopBacnetServer(plant.unit("RTU-2"), BACNET_INSTANCE, bacnetPort);
    TarnCloud tarn = new TarnCloud(plant, cloudPort, Clock.systemUTC());
    try {
      return new PlantServers(modbus, opcua.get(), bacnet, tarn);
    } catch (ExecutionException e) {
      modbus.close();
      bacnet.close();
      tarn.close();
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void close() throws Exception {
    modbus.close();
    opcua.close();
    bacnet.close();
    tarn.close();
  }
}
