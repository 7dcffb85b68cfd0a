package io.caravanhub.hub.console;

import io.caravanhub.core.fieldbus.FieldbusStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything the page of one device shows.
 *
 * @param typed whether somebody has described its type
 * @param line how the hub's own connection to it does, or null when it has none
 * @param letters dead letters of its that are kept
 * @param mqttPort where the hub takes MQTT
 * @param mapping name of the mapping that its messages go through, or null when there is none
 */
public record DevicePage(
    DeviceLine device,
    int mqttPort,
    @Nullable String mapping,
    Health health,
    @Nullable AssetHealth assetHealth,
    @Nullable Instant lastSeen,
    @Nullable FieldbusStatus line,
    boolean typed,
    int letters,
    Span span,
    List<Chart> charts,
    List<EventLine> events,
    List<OrderLine> orders) {}
