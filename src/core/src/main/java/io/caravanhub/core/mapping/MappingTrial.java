package io.caravanhub.core.mapping;

import io.caravanhub.core.payload.PayloadFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mapping applied to one payload for somebody who wants to see what happens: by the very code
 * that messages go through, with the same bounds.
 *
 * @param output what the expression or table yielded, whatever it is; null when it failed
 * @param result the output when it can be used, else null
 * @param failure why there is no result, else null
 * @param unmatched fields of the payload that the mapping did not look at
 * @param micros what reading and mapping the payload took, in microseconds
 */
public record MappingTrial(
    @Nullable Object output,
    @Nullable Object result,
    @Nullable MappingException failure,
    List<String> unmatched,
    long micros) {

  /**
   * Applies a mapping.
   *
   * @param payload as a device would send it
   * @param format how it is written, null for JSON
   * @throws MappingException when the mapping does not compile, with line and column
   */
  public static MappingTrial run(
      MappingSource source,
      byte[] payload,
      @Nullable PayloadFormat format,
      Map<String, ? extends Object> bindings,
      MappingBounds bounds) {
    return run(Mapping.compile(source), payload, format, bindings, bounds);
  }

  /** Applies a mapping that is compiled already. */
  public static MappingTrial run(
      Mapping mapping,
      byte[] payload,
      @Nullable PayloadFormat format,
      Map<String, ? extends Object> bindings,
      MappingBounds bounds) {
    MappingSource source = mapping.source();
    Payloads payloads = new Payloads(bounds.inputBytes());
    Object output = null;
    List<String> unmatched = List.of();
    long start = System.nanoTime();
    try {
      WatchedPayload watched = new WatchedPayload(payloads.read(source.name(), payload, format));
      mapping.yielded(watched.watched(), bindings, bounds);
      unmatched = watched.unmatched();
      start = System.nanoTime();
      Object input = payloads.read(source.name(), payload, format);
      output = mapping.yielded(input, bindings, bounds);
      long micros = since(start);
      return new MappingTrial(output, mapping.require(output, input), null, unmatched, micros);
    } catch (MappingException e) {
      return new MappingTrial(output, null, e, unmatched, since(start));
    }
  }

  private static long since(long nanos) {
    return Math.max(1, (System.nanoTime() - nanos) / 1_000);
  }
}
