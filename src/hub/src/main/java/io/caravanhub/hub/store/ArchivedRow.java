package io.caravanhub.hub.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of telemetry as the archive's Parquet files hold it: whole, with names for keys. */
public record ArchivedRow(
    String device,
    String serial,
    String metric,
    @Nullable String unit,
    Instant ts,
    @Nullable Double value,
    @Nullable String text,
    int quality) {}
