package io.caravanhub.core.fieldbus;

import java.time.Instant;
import java.util.List;

/**
 * What one poll of one device brought; the body of one exchange.
 *
 * @param connection whose it is
 * @param at when the answer was complete
 * @param readings one for each point
 */
record Poll(FieldbusConnection connection, Instant at, List<Reading> readings) {}
