package io.caravanhub.core.fieldbus;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The protocols there are. */
final class FieldbusProtocols {
  private static final List<FieldbusProtocol> ALL =
      List.of(
          new ModbusProtocol("modbus-tcp"),
          new ModbusProtocol("modbus-rtu-tcp"),
          new ModbusProtocol("modbus-rtu"),
          new OpcUaProtocol(),
          new BacnetProtocol());

  private FieldbusProtocols() {}

  /**
   * The protocol of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  static FieldbusProtocol get(String name) {
    return ALL.stream()
        .filter(protocol -> protocol.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "protocol: expected one of " + names() + ", got " + name));
  }

  static Set<String> all() {
    return ALL.stream()
        .map(FieldbusProtocol::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  static String names() {
    return ALL.stream().map(FieldbusProtocol::name).collect(Collectors.joining(", "));
  }
}
