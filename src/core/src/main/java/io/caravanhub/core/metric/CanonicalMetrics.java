package io.caravanhub.core.metric;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** The catalogue of metrics, from the file {@code metrics.csv} beside this class. Immutable. */
public final class CanonicalMetrics {
  private static final Pattern CHANNEL = Pattern.compile("(.+)_[1-9][0-9]?");
  private static final Map<String, CanonicalMetric> ALL = new LinkedHashMap<>();
  private static final int CHECKSUM = load();

  private CanonicalMetrics() {}

  /** Every metric, in the order of the file. */
  public static List<CanonicalMetric> all() {
    return List.copyOf(ALL.values());
  }

  /** The metric of this key. */
  public static Optional<CanonicalMetric> find(String key) {
    return Optional.ofNullable(ALL.get(key));
  }

  /**
   * The metric of this key, or of the key without a channel's number: {@code power_2} is what
   * {@code power} is, of the second channel. Channels are numbered from 1, to 99 at most.
   */
  public static Optional<CanonicalMetric> resolve(String key) {
    CanonicalMetric metric = ALL.get(key);
    if (metric == null) {
      Matcher channel = CHANNEL.matcher(key);
      metric = channel.matches() ? ALL.get(channel.group(1)) : null;
    }
    return Optional.ofNullable(metric);
  }

  /** Changes when the file does. */
  public static int checksum() {
    return CHECKSUM;
  }

  private static int load() {
    try (InputStream file =
        Objects.requireNonNull(CanonicalMetrics.class.getResourceAsStream("metrics.csv"))) {
      byte[] content = file.readAllBytes();
      CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
      try (CSVParser rows = CSVParser.parse(new String(content, StandardCharsets.UTF_8), format)) {
        for (CSVRecord row : rows) {
          CanonicalMetric metric = metric(row);
          if (ALL.put(metric.key(), metric) != null) {
            throw new IllegalStateException("metrics.csv: " + metric.key() + " is there twice");
          }
        }
      }
      CRC32 sum = new CRC32();
      sum.update(content);
      return (int) sum.getValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CanonicalMetric metric(CSVRecord row) {
    return new CanonicalMetric(
        row.get("key"),
        row.get("group"),
        CanonicalMetric.Type.valueOf(row.get("type").toUpperCase(Locale.ROOT)),
        text(row.get("unit")),
        number(row.get("min")),
        number(row.get("max")),
        List.of(row.get("haystack").split(" ")),
        row.get("brick"),
        row.get("description"));
  }

  private static @Nullable String text(String cell) {
    return cell.isEmpty() ? null : cell;
  }

  private static @Nullable Double number(String cell) {
    return cell.isEmpty() ? null : Double.valueOf(cell);
  }
}
