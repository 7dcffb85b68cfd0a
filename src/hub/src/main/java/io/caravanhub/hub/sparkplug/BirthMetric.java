package io.caravanhub.hub.sparkplug;

import org.jspecify.annotations.Nullable;

/** What a birth said of a metric, which data messages leave out. */
record BirthMetric(String name, int dataType, @Nullable String unit) {}
