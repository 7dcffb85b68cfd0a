package io.caravanhub.hub.console;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as a list shows it.
 *
 * @param asset name of the asset it is about, or the device's serial when it is bound to none
 * @param order state of the action that came of it, or null when none did
 * @param fsmId the FSM system's number of that action, or null
 */
public record EventLine(
    String id,
    Severity severity,
    String status,
    String type,
    String message,
    String deviceId,
    String serial,
    String asset,
    @Nullable String metric,
    @Nullable Double value,
    @Nullable String unit,
    @Nullable Double threshold,
    Instant openedAt,
    @Nullable Instant resolvedAt,
    @Nullable String orderKind,
    @Nullable String order,
    @Nullable String fsmId) {

  /** Whether somebody still has to do something about it. */
  public boolean open() {
    return !status.equals("resolved") && !status.equals("dismissed");
  }
}
