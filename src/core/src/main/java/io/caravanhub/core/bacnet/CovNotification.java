package io.caravanhub.core.bacnet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of value a device tells a subscriber (clauses 13.6 and 13.7).
 *
 * @param process the subscriber's number
 * @param device instance of the device it comes from
 * @param object that has changed
 * @param remaining seconds the subscription still lasts
 * @param values of the properties that are told, present-value and status-flags as a rule
 */
public record CovNotification(
    long process, int device, ObjectId object, long remaining, List<PropertyResult> values) {

  /** What is told of a property, or null. */
  public @Nullable PropertyResult of(int property) {
    return values.stream()
        .filter(value -> value.reference().property() == property)
        .findFirst()
        .orElse(null);
  }

  /**
   * SubscribeCOV (clause 13.14), or SubscribeCOVProperty with an increment (clause 13.15).
   *
   * @param lifetime in seconds; null cancels
   */
  static byte[] subscribe(
      long process,
      PropertyReference watched,
      boolean confirmed,
      @Nullable Integer lifetime,
      boolean byProperty,
      @Nullable Float increment) {
    TagWriter out = new TagWriter().unsigned(0, process).objectId(1, watched.object());
    if (lifetime != null) {
      out.bool(2, confirmed).unsigned(3, lifetime);
    }
    if (byProperty) {
      out.open(4).unsigned(0, watched.property()).close(4);
      if (increment != null && lifetime != null) {
        out.real(5, increment);
      }
    }
    return out.octets();
  }

  static CovNotification decode(byte[] content) {
    TagReader in = new TagReader(content);
    long process = in.unsigned(0);
    ObjectId device = in.objectId(1);
    ObjectId object = in.objectId(2);
    long remaining = in.unsigned(3);
    in.open(4);
    List<PropertyResult> values = new ArrayList<>();
    while (!in.nextCloses(4)) {
      int property = (int) in.unsigned(0);
      Integer index = in.nextIs(1) ? (Integer) (int) in.unsigned(1) : null;
      in.open(2);
      values.add(
          PropertyResult.of(
              new PropertyReference(object, property, index), in.valuesUntilClosing(2)));
      if (in.nextIs(3)) {
        in.unsigned(3);
      }
    }
    in.close(4);
    return new CovNotification(process, device.instance(), object, remaining, List.copyOf(values));
  }
}
