package io.caravanhub.core.bacnet;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of reading one property.
 *
 * @param reference what was asked for
 * @param values what it holds; empty when there is an error
 * @param error why it cannot be read, else null
 */
public record PropertyResult(
    PropertyReference reference, List<BacnetValue> values, @Nullable BacnetException error) {

  static PropertyResult of(PropertyReference reference, List<BacnetValue> values) {
    return new PropertyResult(reference, List.copyOf(values), null);
  }

  static PropertyResult failed(PropertyReference reference, BacnetException error) {
    return new PropertyResult(reference, List.of(), error);
  }

  /** The value when there is exactly one. */
  public Optional<BacnetValue> value() {
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }
}
