package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as policies see it.
 *
 * @param event its id, or null when it is only imagined
 * @param assetKey id of the asset, or of the device that watches none
 * @param openedAt when its condition began to be met
 * @param endedAt when it cleared, or null while it lasts
 * @param window when the problem began that it belongs to, or null when it belongs to none
 * @param facts {@code event}, {@code device} and {@code asset}, as actions keep them
 */
record Occasion(
    @Nullable UUID event,
    String tenant,
    String assetKey,
    Instant openedAt,
    @Nullable Instant endedAt,
    @Nullable Instant window,
    JsonNode facts) {

  String type() {
    return text("/event/type");
  }

  String severity() {
    return text("/event/severity");
  }

  String family() {
    return text("/event/family");
  }

  String rule() {
    return text("/event/rule");
  }

  /** 0 to 1: what the detector says of itself; of a plain threshold 1. */
  double confidence() {
    JsonNode told = facts.at("/event/detector/confidence");
    return told.isNumber() ? Math.max(0, Math.min(1, told.asDouble())) : 1;
  }

  /** Whether a detector judged, and not a threshold. */
  boolean judged() {
    return facts.at("/event/detector").isObject();
  }

  /** Severity times confidence times how critical the asset is, 0 to 1. */
  double risk() {
    double weight =
        switch (severity()) {
          case "critical" -> 1;
          case "high" -> 0.75;
          case "medium" -> 0.5;
          default -> 0.25;
        };
    return Math.min(1, weight * confidence() * criticality());
  }

  /** Of the asset's metadata {@code criticality}, 1 to 5 or low to critical; 1 when unknown. */
  private double criticality() {
    return switch (text("/asset/criticality").toLowerCase(Locale.ROOT)) {
      case "1" -> 0.6;
      case "2", "low" -> 0.8;
      case "4", "high" -> 1.2;
      case "5", "critical" -> 1.4;
      default -> 1;
    };
  }

  String slaTier() {
    return text("/asset/slaTier");
  }

  String text(String pointer) {
    return facts.at(pointer).asText("");
  }

  /** What the field of a scope is compared with; of an asset also those it is part of. */
  List<String> place(String field) {
    return switch (field) {
      case "customer" -> List.of(text("/asset/customer"));
      case "location" -> List.of(text("/asset/location"), text("/device/location"));
      case "building" -> List.of(text("/device/building"));
      case "device_type" -> List.of(text("/device/type"));
      case "model" -> List.of(text("/device/model"));
      case "manufacturer" -> List.of(text("/device/manufacturer"));
      case "sla_tier" -> List.of(slaTier());
      default -> assets();
    };
  }

  private List<String> assets() {
    List<String> assets = new ArrayList<>(List.of(text("/asset/id")));
    facts.at("/asset/partOf").forEach(id -> assets.add(id.asText()));
    assets.add(text("/device/id"));
    assets.add(text("/device/serial"));
    return assets;
  }
}
