package io.caravanhub.sim.plant;

/**
 * Compressor, condenser and evaporator of a rooftop unit.
 *
 * <p>A lack of charge starves the evaporator: it evaporates colder (suction pressure falls), the
 * gas leaves it hotter (superheat rises) and the capacity falls. While the compressor rests,
 * pressures drift towards saturation at the temperature around them.
 */
final class RefrigerantCircuit {
  private static final double RATED_CAPACITY = 28;
  private static final double RATED_LIFT = 40;

  private final Lag capacity = new Lag(45, 0);
  private final Lag evaporating = new Lag(60, 20);
  private final Lag condensing = new Lag(60, 35);
  private final Lag superheat = new Lag(60, 4);
  private boolean running;

  /**
   * @param on whether the compressor runs
   * @param charge refrigerant in the circuit, 1 = as designed
   * @param air the air over the evaporator
   * @param mixed temperature of that air, Cel
   * @param outdoor temperature of the air over the condenser, Cel
   * @param dt seconds
   */
  void step(boolean on, double charge, AirSide air, double mixed, double outdoor, double dt) {
    running = on;
    double lack = 1 - charge;
    double full =
        RATED_CAPACITY
            * (1 - 0.9 * lack)
            * Math.pow(air.relativeFlow(), 0.4)
            * (1 - 0.008 * (outdoor - 35));
    capacity.towards(on ? full : 0, dt);
    double starved = 7.5 + 0.25 * (mixed - 25) - 42 * lack - 12 * (1 - air.relativeFlow());
    evaporating.towards(on ? starved : mixed - 3, on ? dt : dt / 4);
    condensing.towards(outdoor + 1 + 13 * capacity.value() / RATED_CAPACITY, dt);
    superheat.towards(on ? 6 + 45 * lack : 4, dt);
  }

  /** Heat taken from the air in kW. */
  double capacity() {
    return capacity.value();
  }

  double coilTemp() {
    return evaporating.value();
  }

  double suctionPressure() {
    return Refrigerant.pressure(evaporating.value());
  }

  double dischargePressure() {
    return Math.max(Refrigerant.pressure(condensing.value()), suctionPressure());
  }

  double superheat() {
    return superheat.value();
  }

  /** Current of the compressor in A: grows with the lift between evaporator and condenser. */
  double current() {
    double lift = (condensing.value() - evaporating.value()) / RATED_LIFT;
    double massFlow = capacity.value() / RATED_CAPACITY;
    return running ? 14 * (0.35 + 0.2 * Math.max(0, lift) + 0.45 * massFlow) : 0;
  }
}
