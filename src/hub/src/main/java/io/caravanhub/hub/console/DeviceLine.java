package io.caravanhub.hub.console;

import org.jspecify.annotations.Nullable;

/**
 * A device of the registry with what is open about it.
 *
 * @param asset name of the asset it watches, or null
 * @param openEvents how many events are open
 * @param worst rank of the worst of them (see {@link Severity}), or 0
 * @param worstMetric the metric the worst of them speaks of, or null
 */
public record DeviceLine(
    String id,
    String serial,
    String type,
    String manufacturer,
    String model,
    String location,
    String connection,
    String status,
    @Nullable String asset,
    int openEvents,
    int worst,
    @Nullable String worstMetric) {

  /** Maker and model, as far as they are known. */
  public String product() {
    return (manufacturer + " " + model).strip();
  }
}
