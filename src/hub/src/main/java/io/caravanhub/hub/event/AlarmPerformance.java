package io.caravanhub.hub.event;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How good the alarms of a tenant were, by the measures of ANSI/ISA-18.2, "Monitoring and
 * assessment", "Alarm performance metrics". An alarm is a signal each time it was raised; changes
 * of inventories are none, and shelved signals and those for which a parent stands were not
 * annunciated.
 *
 * @param alarms how many were annunciated
 * @param rate "Average annunciated alarm rate" and "Peak annunciated alarm rate"
 * @param floods "Alarm floods"
 * @param chattering "Chattering and fleeting alarms": three raises or more within a minute
 * @param stale "Stale alarms": active for more than a day at the end of the time
 * @param topTen "Frequently occurring alarms"
 * @param priorities "Annunciated alarm priority distribution"
 * @param rules what each rule led to
 */
public record AlarmPerformance(
    Instant from,
    Instant to,
    long alarms,
    Rate rate,
    Floods floods,
    List<Frequent> chattering,
    List<Stale> stale,
    List<Frequent> topTen,
    List<Priority> priorities,
    List<RuleFigures> rules) {

  /**
   * Alarms in a time.
   *
   * @param perHour on the average; the standard takes about 6 for very likely acceptable and 12 for
   *     the most that can be managed
   * @param perTenMinutes on the average
   * @param peakPerTenMinutes the most in one of the ten minutes that follow one another from the
   *     beginning; the standard's limit is 10
   * @param peakAt when these began, or null without alarms
   */
  public record Rate(
      double perHour, double perTenMinutes, long peakPerTenMinutes, @Nullable Instant peakAt) {}

  /**
   * Stretches of ten minutes with more than ten alarms.
   *
   * @param count how many floods: neighbouring stretches are one
   * @param percentOfTime the standard's limit is 1
   */
  public record Floods(int count, double percentOfTime, double limitPercent) {}

  /**
   * An alarm of a rule on a device.
   *
   * @param count how often it was raised
   * @param percent of all alarms
   */
  public record Frequent(String rule, String device, String serial, long count, double percent) {}

  /** An event that has been active for long. */
  public record Stale(String event, String rule, String serial, Instant openedAt, double hours) {}

  /**
   * The share of a priority.
   *
   * @param priority low, medium, high; critical counts as high
   * @param targetPercent of the standard: 80, 15, 5
   */
  public record Priority(String priority, long count, double percent, double targetPercent) {}
}
