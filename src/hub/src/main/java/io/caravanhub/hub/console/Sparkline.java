package io.caravanhub.hub.console;

import java.util.Arrays;
import java.util.Locale;

/**
 * A small line without axes, as SVG paths in a box of 100 x 28.
 *
 * @param line path of the line, empty when there are fewer than two points
 * @param area the same, closed along the bottom
 */
public record Sparkline(String line, String area) {
  static final Sparkline NONE = new Sparkline("", "");
  private static final double WIDTH = 100;
  private static final double HEIGHT = 28;
  private static final double MARGIN = 2;
  private static final int LEAST = 8;

  /** A rate: the bottom is zero, the top the highest value. */
  static Sparkline ofRate(double[] values) {
    double top = 0;
    for (double value : values) {
      top = Double.isNaN(value) ? top : Math.max(top, value);
    }
    return of(values, 0, Math.max(top, 1e-9));
  }

  /**
   * A measured value: bottom and top are its lowest and highest; a constant one runs in the middle.
   * A short past is drawn over the whole width.
   */
  static Sparkline ofValues(double[] past) {
    int first = 0;
    while (first < past.length - LEAST && Double.isNaN(past[first])) {
      first++;
    }
    double[] values = Arrays.copyOfRange(past, first, past.length);
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    double least = Math.max(Math.abs(high) * 0.02, 1e-6);
    if (high - low < least) {
      double middle = (high + low) / 2;
      low = middle - least / 2;
      high = middle + least / 2;
    }
    return of(values, low, high);
  }

  private static Sparkline of(double[] values, double low, double high) {
    StringBuilder line = new StringBuilder();
    double first = 0;
    double last = 0;
    int drawn = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        continue;
      }
      double x = values.length == 1 ? 0 : i * WIDTH / (values.length - 1);
      double y = HEIGHT - MARGIN - (values[i] - low) / (high - low) * (HEIGHT - 2 * MARGIN);
      line.append(String.format(Locale.ROOT, "%s%.1f %.1f", drawn == 0 ? "M" : "L", x, y));
      first = drawn == 0 ? x : first;
      last = x;
      drawn++;
    }
    if (drawn < 2) {
      return NONE;
    }
    String area =
        String.format(Locale.ROOT, "%sL%.1f %.0fL%.1f %.0fZ", line, last, HEIGHT, first, HEIGHT);
    return new Sparkline(line.toString(), area);
  }
}
