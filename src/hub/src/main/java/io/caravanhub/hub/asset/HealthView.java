package io.caravanhub.hub.asset;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The health of an asset as the API shows it; score, band and moment are null when it has not been
 * judged.
 *
 * @param reasons what took points, most first
 * @param undecided rules that lacked the values they need
 * @param judgedBy the definition in force then
 * @param derived newest derived values by metric
 * @param trend how the score of a day ago became this one
 * @param fleet the other assets of its type
 * @param failures formulas that failed since the start of the hub
 */
record HealthView(
    String asset,
    @Nullable Double score,
    @Nullable String band,
    @Nullable String at,
    JsonNode reasons,
    JsonNode undecided,
    @JsonProperty("judged_by") @Nullable String judgedBy,
    Map<String, Object> derived,
    @Nullable Trend trend,
    @Nullable Fleet fleet,
    List<FormulaFailures.Failure> failures) {

  /** The score 24 hours ago, and improving, stable or declining. */
  record Trend(@JsonProperty("day_ago") double dayAgo, String direction) {}

  /** Mean score of the assets of its type, itself included; how many are healthier than it. */
  record Fleet(double mean, int assets, int healthier) {}
}
