package io.caravanhub.core.detect;

import io.caravanhub.core.detect.Machine.Support;

/**
 * The groups of ISO 10816-3 and their zone boundaries A/B, B/C and C/D for the r.m.s. velocity of
 * bearing housings in mm/s, 10 to 1000 Hz. Groups 1 and 2: ISO 10816-3:2009, annex A, tables A.1
 * and A.2. Groups 3 and 4: ISO 10816-3:1998, tables A.3 and A.4; newer editions have left pumps to
 * ISO 10816-7.
 */
public enum MachineGroup {
  /** Above 300 kW up to 50 MW; electrical machines with a shaft height of 315 mm and more. */
  LARGE(new double[] {2.3, 4.5, 7.1}, new double[] {3.5, 7.1, 11.0}),
  /** Above 15 kW up to 300 kW; electrical machines with a shaft height of 160 up to 315 mm. */
  MEDIUM(new double[] {1.4, 2.8, 4.5}, new double[] {2.3, 4.5, 7.1}),
  /** Pumps above 15 kW with a multivane impeller and a separate driver. */
  PUMP_SEPARATE_DRIVER(new double[] {2.3, 4.5, 7.1}, new double[] {3.5, 7.1, 11.0}),
  /** Pumps above 15 kW with a multivane impeller and an integrated driver. */
  PUMP_INTEGRATED_DRIVER(new double[] {1.4, 2.8, 4.5}, new double[] {2.3, 4.5, 7.1});

  private final double[] rigid;
  private final double[] flexible;

  MachineGroup(double[] rigid, double[] flexible) {
    this.rigid = rigid;
    this.flexible = flexible;
  }

  /** The standard's number of the group, 1 to 4. */
  public int number() {
    return ordinal() + 1;
  }

  /** The upper boundary of a zone in mm/s; D has none. */
  public double upper(VibrationZone zone, Support support) {
    double[] boundaries = support == Support.RIGID ? rigid : flexible;
    return switch (zone) {
      case A -> boundaries[0];
      case B -> boundaries[1];
      case C -> boundaries[2];
      case D, NOT_ASSESSABLE -> Double.POSITIVE_INFINITY;
    };
  }
}
