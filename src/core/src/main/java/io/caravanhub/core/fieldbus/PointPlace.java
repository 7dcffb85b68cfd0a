package io.caravanhub.core.fieldbus;

/** Where a point is in its device, in the words of its protocol. Immutable. */
interface PointPlace {
  /** As it stands in a map, for messages: {@code register 30}, {@code ns=2;s=PUMP-1/Flow}. */
  String shown();

  /** Whether it may hold nothing but on and off, so that true and false can be written. */
  boolean isSwitch();
}
