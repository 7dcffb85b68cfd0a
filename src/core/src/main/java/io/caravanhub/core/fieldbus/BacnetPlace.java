package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.PropertyReference;
import org.jspecify.annotations.Nullable;

/**
 * A property of a BACnet object.
 *
 * @param property which, or which element of it
 * @param cov whether the device is asked to tell its changes
 * @param covIncrement smallest change it is to tell, or null for the object's own
 * @param priority at which it is written, 1 to 16 (clause 19.2), or null
 */
record BacnetPlace(
    PropertyReference property,
    boolean cov,
    @Nullable Float covIncrement,
    @Nullable Integer priority)
    implements PointPlace {

  static BacnetPlace of(DevicePoint point) {
    return (BacnetPlace) point.place();
  }

  /** Whether the object's status flags say how good it is. */
  boolean isPresentValue() {
    return property.property() == BacnetProperty.PRESENT_VALUE;
  }

  @Override
  public boolean isSwitch() {
    return shown().startsWith("binary-");
  }

  @Override
  public String shown() {
    return property.toString();
  }
}
