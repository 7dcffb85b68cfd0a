package io.caravanhub.hub.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A vertical axis with round steps.
 *
 * @param low value at the bottom
 * @param high value at the top
 * @param step distance of two rulers
 */
record Scale(double low, double high, double step) {
  private static final int RULERS = 3;
  private static final double FAR = 3;

  /** An axis around the values, and around the limit when that is near enough. */
  static Scale of(double low, double high, @Nullable Double limit) {
    double least = Math.max(Math.abs(high) * 0.04, 1e-3);
    double bottom = low;
    double top = high;
    if (limit != null && Math.abs(limit - (low + high) / 2) < FAR * Math.max(high - low, least)) {
      bottom = Math.min(bottom, limit);
      top = Math.max(top, limit);
    }
    if (top - bottom < least) {
      double middle = (top + bottom) / 2;
      bottom = middle - least / 2;
      top = middle + least / 2;
    }
    double step = round((top - bottom) / RULERS);
    return new Scale(Math.floor(bottom / step) * step, Math.ceil(top / step) * step, step);
  }

  boolean holds(double value) {
    return value >= low && value <= high;
  }

  double y(double value) {
    double height = Chart.HEIGHT - Chart.TOP - Chart.BOTTOM;
    return Chart.TOP + (high - value) / (high - low) * height;
  }

  List<Double> levels() {
    List<Double> levels = new ArrayList<>();
    int n = (int) Math.round((high - low) / step);
    for (int i = 0; i <= n; i++) {
      levels.add(low + i * step);
    }
    return levels;
  }

  String caption(double level) {
    int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
    double shown = Math.abs(level) < step / 1000 ? 0 : level;
    return String.format(Locale.ENGLISH, "%,." + Math.min(decimals, 6) + "f", shown);
  }

  /** The next of 1, 2, 5 and their tens, so that captions are short. */
  private static double round(double rough) {
    double ten = Math.pow(10, Math.floor(Math.log10(rough)));
    double part = rough / ten;
    return ten * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
  }
}
