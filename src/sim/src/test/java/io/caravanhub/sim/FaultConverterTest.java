package io.caravanhub.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.sim.plant.FaultKind;
import io.caravanhub.sim.plant.ScheduledFault;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

class FaultConverterTest {
  private final FaultConverter converter = new FaultConverter();

  @Test
  void aFaultIsReadWithItsGrowth() {
    assertThat(converter.convert("clogged-filter:RTU-1:PT5M:PT30M"))
        .isEqualTo(
            ScheduledFault.lasting(
                FaultKind.CLOGGED_FILTER, "RTU-1", Duration.ofMinutes(5), Duration.ofMinutes(30)));
  }

  @Test
  void aFaultWithoutGrowthIsThereAtOnce() {
    assertThat(converter.convert("stuck-sensor:RTU-3:PT5M").growth()).isEqualTo(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource({
    "nonsense, KIND:DEVICE:ONSET",
    "rust:RTU-1:PT5M, refrigerant-leak",
    "bearing-wear:PUMP-1:soon, PT30M"
  })
  void whatCannotBeReadSaysWhatWasExpected(String text, String expected) {
    assertThatThrownBy(() -> converter.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining(expected);
  }
}
