package io.caravanhub.hub.fsm;

import io.caravanhub.hub.orchestration.ActionsPlanned;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Wakes the dispatcher as soon as actions are committed; the route's timer is the safety net. */
@Component
public class DispatcherBell {
  private static final Logger LOG = LoggerFactory.getLogger(DispatcherBell.class);
  private static final String WAKE = "seda:fsm.wake?size=1&discardWhenFull=true";

  private final ObjectProvider<ProducerTemplate> template;

  public DispatcherBell(ObjectProvider<ProducerTemplate> template) {
    this.template = template;
  }

  /** Something new is in the outbox. */
  @EventListener
  public void planned(ActionsPlanned event) {
    ring();
  }

  /** There may be something to do. */
  void ring() {
    try {
      template.ifAvailable(camel -> camel.sendBody(WAKE, ""));
    } catch (RuntimeException e) {
      LOG.debug("The dispatcher could not be woken and finds the action by itself", e);
    }
  }
}
