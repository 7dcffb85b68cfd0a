package io.caravanhub.core.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.caravanhub.core.cloud.CloudException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call is about.
 *
 * @param input of the mapping that makes the body: the facts of the action
 * @param places for {@code {name}}s and, as variables, for mappings: {@code externalIdentifier},
 *     {@code idempotencyKey}, {@code guid} (the key written as one), {@code id} (the product's),
 *     {@code assetRef} (the hub's asset), {@code asset} (the product's), {@code since}, {@code
 *     sinceUtc} (without a zone), {@code page}, {@code offset}. With {@code -quoted} appended
 *     single quotes are doubled, with {@code -escaped} they and backslashes have a backslash before
 *     them, with {@code -carets} carets are doubled, and a value that ServiceNow would run is not
 *     sent
 */
public record FsmFacts(JsonNode input, Map<String, String> places) {
  public static final FsmFacts NONE = new FsmFacts(MissingNode.getInstance(), Map.of());

  public FsmFacts {
    places = Map.copyOf(places);
  }

  /** The same with one more, or another, place; null takes it away. */
  public FsmFacts with(String name, @Nullable String value) {
    Map<String, String> more = new LinkedHashMap<>(places);
    if (value == null) {
      more.remove(name);
    } else {
      more.put(name, value);
    }
    return new FsmFacts(input, more);
  }

  @Nullable String value(String name) {
    String plain = places.get(name);
    if (plain != null) {
      return plain;
    }
    int dash = name.lastIndexOf('-');
    String of = dash < 0 ? null : places.get(name.substring(0, dash));
    if (of == null) {
      return null;
    }
    return switch (name.substring(dash + 1)) {
      case "quoted" -> of.replace("'", "''");
      case "escaped" -> of.replace("\\", "\\\\").replace("'", "\\'");
      case "carets" -> {
        if (of.strip().toLowerCase(Locale.ROOT).startsWith("javascript:")) {
          throw CloudException.wrong("{" + name + "}: the product would run it");
        }
        yield of.replace("^", "^^");
      }
      default -> null;
    };
  }
}
