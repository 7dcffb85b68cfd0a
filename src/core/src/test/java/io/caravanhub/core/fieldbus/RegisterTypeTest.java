package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisterTypeTest {
  @ParameterizedTest
  @CsvSource({
    "INT16, FFFE, ABCD, -2",
    "INT16, FEFF, BADC, -2",
    "UINT16, FFFE, ABCD, 65534",
    "INT32, FFFFFFFE, ABCD, -2",
    "INT32, FFFEFFFF, CDAB, -2",
    "UINT32, FFFFFFFE, ABCD, 4294967294",
    "UINT32, 01020304, ABCD, 16909060",
    "UINT32, 03040102, CDAB, 16909060",
    "UINT32, 02010403, BADC, 16909060",
    "UINT32, 04030201, DCBA, 16909060",
    "FLOAT32, 41533333, ABCD, 13.2",
    "FLOAT32, 33334153, CDAB, 13.2",
    "INT64, FFFFFFFFFFFFFFFE, ABCD, -2",
    "UINT64, FFFFFFFFFFFFFFFE, ABCD, 18446744073709551614",
    "UINT64, 0807060504030201, DCBA, 72623859790382856",
    "FLOAT64, 402A666666666666, ABCD, 13.2",
    "FLOAT64, 666666666666402A, CDAB, 13.2",
    "BCD16, 1234, ABCD, 1234",
    "BCD32, 56781234, CDAB, 12345678",
    "STRING, 41422D3720200000, ABCD, AB-7",
    "STRING, 4241372D20200000, BADC, AB-7",
  })
  void decodesRegisters(RegisterType type, String hex, RegisterOrder order, String expected) {
    byte[] registers = HexFormat.of().parseHex("0000" + hex);
    assertThat(type.decode(registers, 2, hex.length() / 4, order).toString()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "INT16, -2, ABCD, fffe",
    "UINT32, 16909060, BADC, 02010403",
    "INT32, -2, CDAB, fffeffff",
    "FLOAT32, 13.2, CDAB, 33334153",
    "FLOAT64, 13.2, ABCD, 402a666666666666",
    "BCD32, 12345678, CDAB, 56781234",
    "UINT64, 18446744073709551614, ABCD, fffffffffffffffe",
  })
  void encodesRegisters(RegisterType type, BigDecimal value, RegisterOrder order, String hex) {
    assertThat(HexFormat.of().formatHex(type.encode(value, order))).isEqualTo(hex);
  }

  @Test
  void refusesNumbersTheRegisterCannotHold() {
    assertThatThrownBy(() -> RegisterType.INT16.encode(new BigDecimal(40000), RegisterOrder.ABCD))
        .hasMessage("the register holds -32768 to 32767, not 40000");
    assertThatThrownBy(
            () -> RegisterType.BCD16.decode(new byte[] {0x12, 0x3F}, 0, 1, RegisterOrder.ABCD))
        .hasMessage("the device gave no BCD number (0x123f)");
  }
}
