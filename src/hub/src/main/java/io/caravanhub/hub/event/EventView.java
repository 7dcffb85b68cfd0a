package io.caravanhub.hub.event;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event as lists and pages show it; the component names are its JSON names. */
public record EventView(
    UUID id,
    UUID deviceId,
    String serial,
    @Nullable String assetId,
    String ruleId,
    String family,
    String eventType,
    String severity,
    String status,
    @Nullable String metric,
    @Nullable Double value,
    @Nullable String unit,
    @Nullable Double threshold,
    String message,
    @JsonRawValue String evidence,
    Instant openedAt,
    Instant lastSeenAt,
    @Nullable Instant resolvedAt,
    @Nullable Instant shelvedUntil) {}
