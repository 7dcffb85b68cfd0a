package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;

/**
 * A register whose value shows that the right device answers: a gateway answers for whatever unit
 * it was set to, and another device's numbers look as good as any.
 *
 * @param register which
 * @param order of its bytes
 * @param expected its value, as text
 */
record ModbusIdentity(Register register, RegisterOrder order, String expected) {
  private static final YAMLMapper YAML = new YAMLMapper();

  /** From a connection's option: {@code {address: 40002, type: string, length: 16, equals: X}}. */
  static ModbusIdentity parse(String option) {
    try {
      return read(YAML.readTree(option));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "identity: expected {address, type, equals}, got " + option, e);
    }
  }

  /**
   * @throws IllegalArgumentException naming the field
   */
  static ModbusIdentity read(JsonNode node) {
    try {
      MapFields.requireFields(
          "identity", node, Set.of("address", "type", "table", "length", "order", "equals"));
      return new ModbusIdentity(
          ModbusFields.register(node),
          ModbusFields.order(node, RegisterOrder.ABCD),
          MapFields.text(node, "equals"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("identity." + e.getMessage(), e);
    }
  }

  /** The register as a point that can be read. */
  DevicePoint point() {
    return new DevicePoint(
        "identity",
        null,
        1,
        0,
        Map.of(),
        new ModbusPlace(register, order, null, null, null, Map.of(), ModbusMap.PLAIN));
  }

  /**
   * @throws IllegalStateException when the reading is not what is expected
   */
  void require(Reading reading) {
    if (!isExpected(reading.value())) {
      throw new IllegalStateException(
          "identity: register "
              + register.address()
              + " is "
              + (reading.value() == null ? "not readable: " + reading.reason() : reading.value())
              + ", expected "
              + expected
              + ": another device answers");
    }
  }

  private boolean isExpected(@org.jspecify.annotations.Nullable Object value) {
    if (!(value instanceof Double number)) {
      return expected.equals(value);
    }
    try {
      return BigDecimal.valueOf(number).compareTo(new BigDecimal(expected)) == 0;
    } catch (NumberFormatException text) {
      return false;
    }
  }
}
