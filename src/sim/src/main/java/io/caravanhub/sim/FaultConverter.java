package io.caravanhub.sim;

import io.caravanhub.sim.plant.FaultKind;
import io.caravanhub.sim.plant.ScheduledFault;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads {@code KIND:DEVICE:ONSET[:GROWTH]}, for instance {@code bearing-wear:PUMP-2:PT30M:PT1H}.
 */
final class FaultConverter implements ITypeConverter<ScheduledFault> {
  @Override
  public ScheduledFault convert(String text) {
    String[] parts = text.split(":");
    if (parts.length < 3 || parts.length > 4) {
      throw new TypeConversionException(
          "expected KIND:DEVICE:ONSET[:GROWTH], got \"" + text + "\"");
    }
    return ScheduledFault.lasting(
        kind(parts[0]),
        parts[1],
        duration(parts[2]),
        parts.length == 4 ? duration(parts[3]) : Duration.ZERO);
  }

  private static FaultKind kind(String text) {
    String name = text.replace('-', '_').toUpperCase(Locale.ROOT);
    return Arrays.stream(FaultKind.values())
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "no fault \"" + text + "\"; there are: " + Arrays.toString(labels())));
  }

  private static String[] labels() {
    return Arrays.stream(FaultKind.values())
        .map(kind -> kind.label().replace(' ', '-'))
        .toArray(String[]::new);
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new TypeConversionException("expected a time such as PT30M, got \"" + text + "\"");
    }
  }
}
