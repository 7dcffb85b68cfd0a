package io.caravanhub.hub.console;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The history of one metric, drawn in a box of {@value #WIDTH} x {@value #HEIGHT}.
 *
 * @param now the latest value, or null when nothing is known since the start
 * @param line path of the means
 * @param band path between the lowest and the highest of each step
 * @param levels horizontal rulers
 * @param moments vertical rulers
 * @param threshold height of the limit an event was raised at, or null
 * @param expected the range a detector or a limit holds for normal, or null
 * @param marks where events of this metric were opened
 * @param clears where they cleared
 * @param states for a metric of texts: what it said, from when to when
 * @param flaws where readings were not good
 * @param points {@code x y value moment} of each step, separated by semicolons, for the pointer
 */
public record Chart(
    String metric,
    String label,
    String unit,
    @Nullable Reading now,
    String line,
    String band,
    List<Ruler> levels,
    List<Ruler> moments,
    @Nullable Ruler threshold,
    @Nullable Zone expected,
    List<Double> marks,
    List<Double> clears,
    List<Stretch> states,
    List<Flaw> flaws,
    String points) {
  public static final int WIDTH = 420;
  public static final int HEIGHT = 150;
  static final int LEFT = 40;
  static final int RIGHT = 8;
  static final int TOP = 8;
  static final int BOTTOM = 20;

  /** The drawing's box as an SVG viewBox. */
  public String box() {
    return "0 0 " + WIDTH + " " + HEIGHT;
  }

  /** A range of values, from the top down. */
  public record Zone(double top, double height, String caption) {}

  /** A ruler at a place, with its caption. */
  public record Ruler(double at, String caption) {}

  /** Readings that were not good: where, how bad, and in words. */
  public record Flaw(double at, String level, String remark) {
    /** A small mark at the foot of the drawing. */
    public String path() {
      return String.format(Locale.ROOT, "M%.1f %d l-4.5 9 h9 z", at, HEIGHT - BOTTOM - 10);
    }
  }

  /** A stretch of one text. */
  public record Stretch(double from, double width, String text) {}
}
