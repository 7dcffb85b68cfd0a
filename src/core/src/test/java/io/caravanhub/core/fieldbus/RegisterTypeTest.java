package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisterTypeTest {
  @ParameterizedTest
  @CsvSource({
    "INT16, FFFE, false, -2",
    "UINT16, FFFE, false, 65534",
    "INT32, FFFFFFFE, false, -2",
    "INT32, FFFEFFFF, true, -2",
    "UINT32, FFFFFFFE, false, 4294967294",
    "FLOAT32, 41533333, false, 13.2",
    "FLOAT32, 33334153, true, 13.2",
    "INT64, FFFFFFFFFFFFFFFE, false, -2",
    "UINT64, FFFFFFFFFFFFFFFE, false, 18446744073709551614",
    "FLOAT64, 402A666666666666, false, 13.2",
    "FLOAT64, 666666666666402A, true, 13.2",
  })
  void decodesRegisters(RegisterType type, String hex, boolean littleWords, String expected) {
    byte[] registers = HexFormat.of().parseHex("0000" + hex);
    assertThat(type.decode(registers, 2, littleWords).toString()).isEqualTo(expected);
  }
}
