package io.caravanhub.hub.settings;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A part of the hub's work that a process can be given by HUB_ROLES. */
public enum Role {
  /** Takes messages in: MQTT, HTTP, WebSocket, CoAP, AMQP, Kafka, webhooks, gateways. */
  INGEST,
  /** Maps, stores, judges and derives, and keeps the store. */
  PIPELINE,
  /** Acts on events: the clock of events, policies, FSM, notifications. */
  ORCHESTRATE,
  /** Asks devices and OEM clouds. */
  POLL,
  /** The REST API. */
  API,
  /** The pages. */
  CONSOLE;

  /** As it is written in HUB_ROLES. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The roles of a list with commas between, all when it is empty.
   *
   * @throws IllegalArgumentException for a word that is no role, with the words that are
   */
  public static Set<Role> read(String list) {
    if (list.isBlank()) {
      return EnumSet.allOf(Role.class);
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String word : list.split(",", -1)) {
      roles.add(
          Arrays.stream(values())
              .filter(role -> role.label().equals(word.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "expected some of "
                              + Arrays.stream(values())
                                  .map(Role::label)
                                  .collect(Collectors.joining(", "))
                              + " with commas between, got \""
                              + word.strip()
                              + '"')));
    }
    return roles;
  }
}
