package io.caravanhub.hub.console;

import java.util.List;

/**
 * Alarms over time as bars, drawn in a box of {@value #WIDTH} x {@value #HEIGHT}.
 *
 * @param bars one each stretch of time
 * @param target height of what can be managed
 * @param targetCaption in words
 * @param captions moments below
 * @param most of one bar
 */
public record RateBars(
    List<Bar> bars, double target, String targetCaption, List<Chart.Ruler> captions, long most) {
  static final int WIDTH = 720;
  static final int HEIGHT = 150;
  static final int FOOT = 20;

  /** A bar; too high where it passes the target. */
  public record Bar(
      double x, double y, double width, double height, boolean tooHigh, String told) {}

  /** The drawing's box as an SVG viewBox. */
  public String box() {
    return "0 0 " + WIDTH + " " + HEIGHT;
  }
}
