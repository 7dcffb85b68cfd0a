package io.caravanhub.hub.orchestration;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prices from which quotes are made.
 *
 * @param currency for instance {@code EUR}
 * @param hour of labour
 * @param travel once for a visit
 * @param parts by number
 * @param jobs templates, of which the first that fits is taken
 */
record PriceBook(
    String currency, BigDecimal hour, BigDecimal travel, Map<String, Part> parts, List<Job> jobs) {
  static final PriceBook EMPTY =
      new PriceBook("", BigDecimal.ZERO, BigDecimal.ZERO, Map.of(), List.of());

  PriceBook {
    parts = Map.copyOf(parts);
    jobs = List.copyOf(jobs);
  }

  /** A spare part. */
  record Part(String name, BigDecimal price) {}

  /** A part and how many of it. */
  record Use(String number, int quantity) {}

  /**
   * What a repair takes, and a replacement.
   *
   * @param families of events, empty for all
   * @param hours of labour of the repair
   * @param parts of the repair; empty for those the event names
   * @param replacement null when the asset is not replaced
   */
  record Job(
      String id,
      List<String> families,
      PolicyScope scope,
      BigDecimal hours,
      List<Use> parts,
      @Nullable Replacement replacement) {
    Job {
      families = List.copyOf(families);
      parts = List.copyOf(parts);
    }
  }

  /**
   * A new asset instead.
   *
   * @param lifeYears how long such an asset lasts
   * @param ageShare from which share of its life on it is replaced
   * @param costShare from which share of the new price on a repair is too dear
   */
  record Replacement(
      String description,
      BigDecimal price,
      BigDecimal hours,
      double lifeYears,
      double ageShare,
      double costShare) {}

  /** The template for the occasion. */
  Optional<Job> job(Occasion occasion) {
    return jobs.stream()
        .filter(job -> job.families().isEmpty() || job.families().contains(occasion.family()))
        .filter(job -> job.scope().misses(occasion).isEmpty())
        .findFirst();
  }
}
