package io.caravanhub.core.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rules know of a device.
 *
 * @param asset id of the asset it watches now, else null
 * @param lineage that asset and those it is part of, nearest first
 * @param place whose and where the asset is
 */
public record RuleDevice(
    String tenant,
    String id,
    String serial,
    String type,
    String manufacturer,
    String model,
    @Nullable String asset,
    List<String> lineage,
    Place place) {

  public RuleDevice {
    lineage = List.copyOf(lineage);
  }

  /** A device of which no more is known. */
  public RuleDevice(
      String tenant,
      String id,
      String serial,
      String type,
      String manufacturer,
      String model,
      @Nullable String asset) {
    this(
        tenant,
        id,
        serial,
        type,
        manufacturer,
        model,
        asset,
        asset == null ? List.of() : List.of(asset),
        Place.UNKNOWN);
  }

  /** Whose and where; each empty when nobody said. */
  public record Place(String customer, String location, String slaTier) {
    /** Nothing is known. */
    public static final Place UNKNOWN = new Place("", "", "");
  }
}
