package io.caravanhub.core.bacnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.unit.Units;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EngineeringUnitTest {
  @Test
  void everyUnitIsOneTheHubKnows() {
    assertThat(
            IntStream.range(0, 300)
                .mapToObj(EngineeringUnit::ucum)
                .flatMap(java.util.Optional::stream)
                .filter(unit -> !Units.isKnown(unit)))
        .isEmpty();
    assertThat(EngineeringUnit.ucum(62)).contains("Cel");
    assertThat(EngineeringUnit.ucum(5000)).isEmpty();
  }
}
