package io.caravanhub.hub.lease;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/** Where leases are kept: one place for all hubs. */
interface LeaseRows {

  /**
   * What a hub holds after a call.
   *
   * @param epochs by name
   * @param hubs how many hubs there are, the caller among them
   */
  record Claimed(Map<String, Long> epochs, long hubs) {}

  /** Renews what the hub holds of these, and takes what nobody holds. */
  Claimed claim(String hub, Duration term, Collection<String> names) throws SQLException;

  /** Gives back what the hub holds of these, and tells the others. */
  void release(String hub, Collection<String> names) throws SQLException;

  /** Who holds a lease now, empty when nobody does. */
  String holder(String name) throws SQLException;
}
