package io.caravanhub.hub.asset;

import com.fasterxml.jackson.annotation.JsonValue;

/** How an asset is, in words for people. */
enum Band {
  HEALTHY("Healthy"),
  DEGRADING("Degrading"),
  AT_RISK("At Risk"),
  CRITICAL("Critical");

  private final String label;

  Band(String label) {
    this.label = label;
  }

  @JsonValue
  String label() {
    return label;
  }
}
