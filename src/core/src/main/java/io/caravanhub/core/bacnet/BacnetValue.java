package io.caravanhub.core.bacnet;

import java.util.List;

/** A value as tags carry it (clause 20.2). Immutable. */
public sealed interface BacnetValue permits ObjectId, BacnetValue.Simple {

  /** Everything but object identifiers. */
  sealed interface Simple extends BacnetValue {}

  /** No value; written to a commandable property it gives up the priority (clause 19.2). */
  record Null() implements Simple {}

  /** Clause 20.2.3. */
  record Bool(boolean value) implements Simple {}

  /** Clause 20.2.4; up to 63 bits. */
  record Unsigned(long value) implements Simple {}

  /** Clause 20.2.5. */
  record Signed(long value) implements Simple {}

  /** Clause 20.2.6. */
  record Real(float value) implements Simple {}

  /** Clause 20.2.7. */
  record DoubleReal(double value) implements Simple {}

  /**
   * Clause 20.2.8.
   *
   * @param hex two digits an octet
   */
  record Octets(String hex) implements Simple {}

  /** Clause 20.2.9. */
  record Text(String value) implements Simple {}

  /**
   * Clause 20.2.10.
   *
   * @param bits {@code 0} and {@code 1}, bit 0 first
   */
  record Bits(String bits) implements Simple {
    /** Whether a bit is set; one that is not there is not. */
    public boolean get(int bit) {
      return bit < bits.length() && bits.charAt(bit) == '1';
    }
  }

  /** Clause 20.2.11. */
  record Enumerated(long value) implements Simple {}

  /**
   * Clause 20.2.12; 255 stands for unspecified.
   *
   * @param year since 1900
   * @param weekday 1 is Monday
   */
  record Date(int year, int month, int day, int weekday) implements Simple {}

  /** Clause 20.2.13; 255 stands for unspecified. */
  record Time(int hour, int minute, int second, int hundredths) implements Simple {}

  /**
   * A value in a context tag, which only its place gives a meaning (clause 20.2.1.3.2).
   *
   * @param hex its octets
   */
  record Context(int tag, String hex) implements Simple {}

  /** Values between an opening and a closing tag. */
  record Constructed(int tag, List<BacnetValue> values) implements Simple {
    public Constructed {
      values = List.copyOf(values);
    }
  }
}
