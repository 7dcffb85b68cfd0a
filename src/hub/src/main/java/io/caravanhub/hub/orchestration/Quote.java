package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A draft quote for an occasion: the lines of a repair, those of a replacement where the price book
 * has one, and which of both is recommended.
 */
final class Quote {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BigDecimal DAYS_OF_A_YEAR = new BigDecimal("365.25");

  private final PriceBook book;
  private final ArrayNode lines = JSON.createArrayNode();

  private Quote(PriceBook book) {
    this.book = book;
  }

  /**
   * The quote as JSON: {@code lines[] {option, kind, number, description, quantity, unitPrice,
   * amount}}, {@code repair}, {@code replace}, {@code recommended}, {@code reason}, {@code
   * currency}. A part without a price has none, and the sums go without it.
   */
  static ObjectNode of(PriceBook book, Occasion occasion, Instant now) {
    return new Quote(book).written(occasion, now);
  }

  private ObjectNode written(Occasion occasion, Instant now) {
    Optional<PriceBook.Job> job = book.job(occasion);
    BigDecimal hours = job.map(PriceBook.Job::hours).orElse(BigDecimal.ONE);
    BigDecimal repair = line("repair", "travel", "", "Travel", BigDecimal.ONE, book.travel());
    repair = repair.add(line("repair", "labour", "", "Labour (h)", hours, book.hour()));
    for (PriceBook.Use use : uses(job, occasion)) {
      PriceBook.Part part = book.parts().get(use.number());
      String name = part == null ? use.number() : part.name();
      BigDecimal count = BigDecimal.valueOf(use.quantity());
      repair =
          repair.add(
              line(
                  "repair", "part", use.number(), name, count, part == null ? null : part.price()));
    }
    ObjectNode quote = JSON.createObjectNode().put("currency", book.currency());
    quote.put("template", job.map(PriceBook.Job::id).orElse(""));
    quote.set("lines", lines);
    quote.put("repair", repair);
    PriceBook.Replacement other = job.map(PriceBook.Job::replacement).orElse(null);
    if (other == null) {
      return quote.put("recommended", "repair").put("reason", "the price book has no replacement");
    }
    BigDecimal replace =
        line("replace", "travel", "", "Travel", BigDecimal.ONE, book.travel())
            .add(line("replace", "labour", "", "Labour (h)", other.hours(), book.hour()))
            .add(
                line(
                    "replace",
                    "replacement",
                    "",
                    other.description(),
                    BigDecimal.ONE,
                    other.price()));
    quote.put("replace", replace);
    String why = why(occasion, other, repair, now);
    return quote
        .put("recommended", why.isEmpty() ? "repair" : "replace")
        .put("reason", why.isEmpty() ? "age and cost speak for a repair" : why);
  }

  /** Why to replace it; empty when a repair will do. */
  private static String why(
      Occasion occasion, PriceBook.Replacement other, BigDecimal repair, Instant now) {
    Optional<BigDecimal> age = age(occasion.text("/asset/installed"), now);
    if (age.isPresent() && age.get().doubleValue() >= other.lifeYears() * other.ageShare()) {
      return "it is "
          + age.get()
          + " years old, of "
          + other.lifeYears()
          + " that such an asset lasts";
    }
    BigDecimal most = other.price().multiply(BigDecimal.valueOf(other.costShare()));
    return repair.compareTo(most) > 0
        ? "the repair costs " + repair + ", more than " + money(most) + " of the new price"
        : "";
  }

  /** In years, of a date or a year. */
  private static Optional<BigDecimal> age(String installed, Instant now) {
    try {
      LocalDate since =
          LocalDate.parse(installed.matches("\\d{4}") ? installed + "-01-01" : installed);
      long days = ChronoUnit.DAYS.between(since, now.atZone(ZoneOffset.UTC).toLocalDate());
      return Optional.of(BigDecimal.valueOf(days).divide(DAYS_OF_A_YEAR, 1, RoundingMode.HALF_UP));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static List<PriceBook.Use> uses(Optional<PriceBook.Job> job, Occasion occasion) {
    List<PriceBook.Use> uses = new ArrayList<>(job.map(PriceBook.Job::parts).orElse(List.of()));
    if (uses.isEmpty()) {
      for (JsonNode part : occasion.facts().at("/event/parts")) {
        uses.add(new PriceBook.Use(part.path("number").asText(), part.path("quantity").asInt(1)));
      }
    }
    return uses;
  }

  private BigDecimal line(
      String option,
      String kind,
      String number,
      String description,
      BigDecimal quantity,
      @org.jspecify.annotations.Nullable BigDecimal price) {
    ObjectNode line =
        lines
            .addObject()
            .put("option", option)
            .put("kind", kind)
            .put("number", number)
            .put("description", description)
            .put("quantity", quantity);
    if (price == null) {
      line.putNull("unitPrice").putNull("amount");
      return BigDecimal.ZERO;
    }
    BigDecimal amount = money(quantity.multiply(price));
    line.put("unitPrice", price).put("amount", amount);
    return amount;
  }

  private static BigDecimal money(BigDecimal amount) {
    return amount.setScale(2, RoundingMode.HALF_UP);
  }
}
