package io.caravanhub.core.bacnet;

import org.jspecify.annotations.Nullable;

/**
 * A property of an object, or one element of it.
 *
 * @param index of an array's element, 0 is its length; null is the whole
 */
public record PropertyReference(ObjectId object, int property, @Nullable Integer index) {
  /** The whole property. */
  public static PropertyReference of(ObjectId object, int property) {
    return new PropertyReference(object, property, null);
  }

  /** An element of an array; 0 is its length (clause 12). */
  public static PropertyReference element(ObjectId object, int property, int index) {
    return new PropertyReference(object, property, index);
  }

  @Override
  public String toString() {
    return object + " " + BacnetProperty.name(property) + (index == null ? "" : "[" + index + "]");
  }
}
