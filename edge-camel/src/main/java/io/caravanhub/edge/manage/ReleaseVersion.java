package io.caravanhub.edge.manage;

import java.math.BigInteger;

/** The order of releases: that of Semantic Versioning 2.0.0, clause 11, for any number of parts. */
final class ReleaseVersion {
  private ReleaseVersion() {}

  /** Negative when the first is older, 0 when neither is. */
  static int compare(String one, String other) {
    String[] first = parts(one);
    String[] second = parts(other);
    int numbers = compareParts(first[0], second[0], "0");
    if (numbers != 0) {
      return numbers;
    }
    if (first[1].isEmpty() || second[1].isEmpty()) {
      // What has a pre-release, as 1.0-rc.1 or 1.0-SNAPSHOT, comes before what has none.
      return Boolean.compare(first[1].isEmpty(), second[1].isEmpty());
    }
    return compareParts(first[1], second[1], "");
  }

  private static String[] parts(String version) {
    String[] parts = version.split("\\+", 2)[0].split("-", 2);
    return new String[] {parts[0], parts.length > 1 ? parts[1] : ""};
  }

  private static int compareParts(String one, String other, String missing) {
    String[] first = one.split("\\.", -1);
    String[] second = other.split("\\.", -1);
    for (int i = 0; i < Math.max(first.length, second.length); i++) {
      int order =
          comparePart(
              i < first.length ? first[i] : missing, i < second.length ? second[i] : missing);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** Numbers by their value and before words; nothing at all before both. */
  private static int comparePart(String one, String other) {
    boolean number = one.matches("\\d+");
    boolean otherNumber = other.matches("\\d+");
    if (number && otherNumber) {
      return new BigInteger(one).compareTo(new BigInteger(other));
    }
    if (number != otherNumber && !one.isEmpty() && !other.isEmpty()) {
      return number ? -1 : 1;
    }
    return one.compareTo(other);
  }
}
