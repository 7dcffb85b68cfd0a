package io.caravanhub.hub.orchestration;

import java.time.Duration;
import java.time.Instant;

/**
 * What a tenant has promised for assets of a service level.
 *
 * @param respond until somebody is there
 * @param complete until it is done
 * @param working whether both are working hours
 * @param raise how many steps of priority it is worth
 */
record SlaTier(Duration respond, Duration complete, boolean working, int raise) {

  Instant respondBy(Instant now, BusinessCalendar calendar) {
    return working ? calendar.plus(now, respond) : now.plus(respond);
  }

  Instant completeBy(Instant now, BusinessCalendar calendar) {
    return working ? calendar.plus(now, complete) : now.plus(complete);
  }
}
