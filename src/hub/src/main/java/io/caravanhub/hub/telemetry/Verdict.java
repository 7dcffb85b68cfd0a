package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;

/** That a measurement is not good, and why. */
record Verdict(Quality quality, QualityReason reason) {}
