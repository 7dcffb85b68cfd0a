package io.caravanhub.hub.event;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as lists and pages show it; the component names are its JSON names.
 *
 * @param active whether the signal is there now, whatever became of the event
 * @param resolvedAt when the signal cleared, as {@code clearedAt}
 * @param clearedAt when the signal cleared last, or null while it is active
 * @param closedAt when the event was resolved or dismissed
 * @param dismissReason one of {@code false_alarm, duplicate, known, test, other}
 * @param problemId the group of events of its asset and family
 * @param recurrenceOf the closed event that it is a return of
 * @param parentId the event that stands for it: of a silent gateway, of a storm
 * @param suppressed why no action was planned: {@code parent}, {@code storm}, {@code flapping},
 *     {@code shelved}
 * @param raises how often its signal was raised
 */
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
    boolean active,
    @Nullable String metric,
    @Nullable Double value,
    @Nullable String unit,
    @Nullable Double threshold,
    String message,
    @JsonRawValue String evidence,
    Instant openedAt,
    Instant lastSeenAt,
    @Nullable Instant resolvedAt,
    @Nullable Instant clearedAt,
    @Nullable Instant acknowledgedAt,
    @Nullable Instant closedAt,
    @Nullable Instant shelvedUntil,
    @Nullable String dismissReason,
    @Nullable UUID problemId,
    @Nullable UUID recurrenceOf,
    @Nullable UUID parentId,
    @Nullable String suppressed,
    boolean flapping,
    int raises) {}
