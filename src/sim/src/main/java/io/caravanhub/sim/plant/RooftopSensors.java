package io.caravanhub.sim.plant;

import java.util.SplittableRandom;

/** The sensors of a rooftop unit. */
final class RooftopSensors {
  private final Sensor supplyAir;
  private final Sensor returnAir;
  private final Sensor outdoorAir;
  private final Sensor coil;
  private final Sensor suction;
  private final Sensor discharge;
  private final Sensor superheat;
  private final Sensor compressor;
  private final Sensor fan;
  private final Sensor filter;

  RooftopSensors(SplittableRandom random) {
    supplyAir = new Sensor(random, 0.08, 0.01);
    returnAir = new Sensor(random, 0.05, 0.01);
    outdoorAir = new Sensor(random, 0.08, 0.01);
    coil = new Sensor(random, 0.08, 0.01);
    suction = new Sensor(random, 3, 0.1);
    discharge = new Sensor(random, 6, 0.1);
    superheat = new Sensor(random, 0.15, 0.01);
    compressor = new Sensor(random, 0.06, 0.01);
    fan = new Sensor(random, 0.03, 0.01);
    filter = new Sensor(random, 1.2, 0.1);
  }

  /**
   * What they show of the true values.
   *
   * @param returnAirStuck whether the return air sensor is stuck
   */
  HvacReading show(HvacReading truth, boolean returnAirStuck) {
    return new HvacReading(
        supplyAir.show(truth.supplyAirTemp()),
        returnAir.show(truth.returnAirTemp(), returnAirStuck),
        outdoorAir.show(truth.outdoorAirTemp()),
        coil.show(truth.coilTemp()),
        truth.coolingSetpoint(),
        suction.showPositive(truth.suctionPressure()),
        discharge.showPositive(truth.dischargePressure()),
        superheat.showPositive(truth.superheat()),
        truth.compressorOn(),
        truth.compressorOn() ? compressor.showPositive(truth.compressorCurrent()) : 0,
        fan.showPositive(truth.fanCurrent()),
        filter.showPositive(truth.filterPressureDrop()),
        truth.airFlow(),
        Math.rint(truth.power() * 1000) / 1000,
        Math.rint(truth.runtime() * 1000) / 1000);
  }
}
