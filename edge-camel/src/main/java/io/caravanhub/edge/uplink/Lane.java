package io.caravanhub.edge.uplink;

import java.util.Locale;

/** What a batch is to the hub, the most urgent first. */
enum Lane {
  /** Events, new and old. */
  EVENT,
  /** What came in since the connection is up. */
  LIVE,
  /** What was there before. */
  BACKFILL;

  /** As the wire has it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
