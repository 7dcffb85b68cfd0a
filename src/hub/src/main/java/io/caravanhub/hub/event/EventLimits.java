package io.caravanhub.hub.event;

import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * From when on events are held together rather than told one by one.
 *
 * @param grace a signal that comes back this soon is the same event again ({@code
 *     hub.events.grace})
 * @param flaps raises of one rule on one device within {@code flapWindow} beyond which it flaps
 * @param calm how long a flapping signal must keep still to be believed again
 * @param storm events of one site within a minute beyond which the rest are recorded quietly
 * @param tenantStorm the same of all devices that are at no site
 * @param release how long children have to speak up once what stood for them is well again
 */
@Component
public record EventLimits(
    @Value("${hub.events.grace:PT5M}") Duration grace,
    @Value("${hub.events.flapping.raises:5}") int flaps,
    @Value("${hub.events.flapping.window:PT1H}") Duration flapWindow,
    @Value("${hub.events.flapping.calm:PT30M}") Duration calm,
    @Value("${hub.events.storm.events:100}") int storm,
    @Value("${hub.events.storm.tenant:1000}") int tenantStorm,
    @Value("${hub.events.release-after:PT1M}") Duration release) {

  /** As shipped. */
  public static final EventLimits SHIPPED =
      new EventLimits(
          Duration.ofMinutes(5),
          5,
          Duration.ofHours(1),
          Duration.ofMinutes(30),
          100,
          1000,
          Duration.ofMinutes(1));

  /** Events within a minute at a site, empty for none. */
  int stormAt(String site) {
    return site.isEmpty() ? tenantStorm : storm;
  }
}
