package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SerialLineTest {
  @Test
  void namesTheSettingsThatAPortDidNotTake() {
    String told =
        """
        speed 9600 baud; rows 0; columns 0; line = 0;
        min = 0; time = 1;
        -parenb -parodd -cmspar cs8 hupcl -cstopb cread clocal -crtscts
        """;
    assertThat(
            SerialLine.untaken(
                List.of(
                    "230400", "raw", "-crtscts", "clocal", "cs8", "min", "0", "parenb", "-parodd"),
                told))
        .containsExactly("230400", "parenb");
    assertThat(SerialLine.untaken(List.of("9600", "-parenb", "-cstopb"), told)).isEmpty();
  }
}
