package io.caravanhub.core.cloud;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The parameters of an address, in the order and writing that signatures are made over. */
final class QueryText {
  private QueryText() {}

  /** The parameters, decoded, in the order in which they stand. */
  static List<Map.Entry<String, String>> of(URI uri) {
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    String raw = uri.getRawQuery();
    if (raw != null && !raw.isEmpty()) {
      for (String pair : raw.split("&")) {
        String[] parts = pair.split("=", 2);
        pairs.add(Map.entry(decode(parts[0]), parts.length == 1 ? "" : decode(parts[1])));
      }
    }
    return pairs;
  }

  /** {@code a=1&b=2}: encoded as RFC 3986 has it, and sorted by name and value. */
  static String canonical(List<Map.Entry<String, String>> pairs) {
    return String.join(
        "&",
        pairs.stream()
            .map(p -> Map.entry(encode(p.getKey()), encode(p.getValue())))
            .sorted(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry::getValue))
            .map(p -> p.getKey() + "=" + p.getValue())
            .toList());
  }

  /** {@code a1b2}: names and values as they are, sorted by name. */
  static String joined(List<Map.Entry<String, String>> pairs) {
    StringBuilder joined = new StringBuilder();
    pairs.stream()
        .sorted(Comparator.comparing(Map.Entry::getKey))
        .forEach(p -> joined.append(p.getKey()).append(p.getValue()));
    return joined.toString();
  }

  static String encode(String text) {
    return Address.encode(text).replace("%7E", "~").replace("*", "%2A");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
