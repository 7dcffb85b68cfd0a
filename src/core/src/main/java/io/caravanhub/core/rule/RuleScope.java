package io.caravanhub.core.rule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The devices a rule is for. Every field that is given must match; a rule without any is global.
 *
 * @param deviceType for instance {@code rooftop_unit}
 * @param manufacturer narrows a model, whose names repeat between makers
 * @param model as in the registry
 * @param slaTier of the asset: its metadata's {@code sla_tier}
 * @param customer of the asset
 * @param location of the asset, else of the device
 * @param asset id of the asset the device watches or of one it is part of, or the device's own id
 *     or serial
 */
public record RuleScope(
    @Nullable String deviceType,
    @Nullable String manufacturer,
    @Nullable String model,
    @Nullable String slaTier,
    @Nullable String customer,
    @Nullable String location,
    @Nullable String asset) {

  /** All devices. */
  public static final RuleScope GLOBAL = new RuleScope(null, null, null, null, null, null, null);

  private static final int ASSET = 64;

  /** What a scope may name, farthest first; the bit of each is how near it is. */
  enum Field {
    ALL,
    DEVICE_TYPE,
    MANUFACTURER,
    MODEL,
    SLA_TIER,
    CUSTOMER,
    LOCATION,
    ASSET
  }

  @Nullable String given(Field field) {
    return switch (field) {
      case ALL -> "";
      case DEVICE_TYPE -> deviceType;
      case MANUFACTURER -> manufacturer;
      case MODEL -> model;
      case SLA_TIER -> slaTier;
      case CUSTOMER -> customer;
      case LOCATION -> location;
      case ASSET -> asset;
    };
  }

  /** What a device is found by in this field. */
  static List<String> values(Field field, RuleDevice device) {
    if (field == Field.ASSET) {
      List<String> values = new ArrayList<>(device.lineage());
      values.add(device.id());
      values.add(device.serial());
      return values.stream().distinct().toList();
    }
    String value =
        switch (field) {
          case DEVICE_TYPE -> device.type();
          case MANUFACTURER -> device.manufacturer();
          case MODEL -> device.model();
          case SLA_TIER -> device.place().slaTier();
          case CUSTOMER -> device.place().customer();
          case LOCATION -> device.place().location();
          default -> "";
        };
    return List.of(value);
  }

  /** The nearest field that is given. */
  Field narrowest() {
    Field narrowest = Field.ALL;
    for (Field field : Field.values()) {
      narrowest = given(field) == null ? narrowest : field;
    }
    return narrowest;
  }

  String value(Field field) {
    String value = given(field);
    return value == null ? "" : value;
  }

  /** Whether the device is in the scope. */
  public boolean covers(RuleDevice device) {
    for (Field field : Field.values()) {
      String wanted = given(field);
      if (wanted != null && !values(field, device).contains(wanted)) {
        return false;
      }
    }
    return true;
  }

  /** How many assets up from the device's own the one named is; 0 when it is that or none. */
  int ancestor(RuleDevice device) {
    return Math.max(0, device.lineage().indexOf(asset == null ? "" : asset));
  }

  /** How near the scope is to one asset: of two rules with one id the nearer is in force. */
  public int nearness() {
    int nearness = asset == null ? 0 : ASSET;
    for (Field field : Field.values()) {
      if (field != Field.ALL && field != Field.ASSET && given(field) != null) {
        nearness += 1 << (field.ordinal() - 1);
      }
    }
    return nearness;
  }
}
