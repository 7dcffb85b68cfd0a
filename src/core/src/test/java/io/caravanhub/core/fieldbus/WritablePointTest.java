package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.fieldbus.WritablePoint.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class WritablePointTest {
  @Test
  void tellsWhatEachWritablePointOfARegisterMapTakes() {
    assertThat(
            WritablePoint.of(
                """
                protocol: modbus-tcp
                points:
                  - {metric: setpoint, address: 0, type: int16, unit: Cel, writable: true, min: 16, max: 28}
                  - {metric: mode, address: 20, type: uint16, writable: true, values: {10: night, 0: "off", 2: auto}}
                  - {metric: fan, address: 3, table: coil, writable: true}
                  - {metric: runtime, address: 40, type: int16}
                """))
        .containsExactly(
            new WritablePoint("setpoint", "Cel", 16.0, 28.0, Kind.NUMBER, List.of()),
            new WritablePoint(
                "mode", null, null, null, Kind.STATE, List.of("off", "auto", "night")),
            new WritablePoint("fan", null, null, null, Kind.SWITCH, List.of()));
  }

  @Test
  void aVariableOfAServerMayBeOfAnyKindUnlessItHasUnitOrLimits() {
    assertThat(
            WritablePoint.of(
                """
                protocol: opcua
                points:
                  - {metric: recipe, node: "ns=2;s=R", writable: true}
                  - {metric: speed, node: "ns=2;s=S", writable: true, unit: "kPa"}
                  - {metric: level, node: "ns=2;s=L", writable: true, max: 100}
                """))
        .extracting(WritablePoint::kind)
        .containsExactly(Kind.ANY, Kind.NUMBER, Kind.NUMBER);
  }
}
