package io.caravanhub.hub.notify;

import io.caravanhub.hub.event.EventChange;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Wakes the dispatcher of messages; the route's clock is the safety net. Thread-safe. */
@Component
class MessageBell {
  private static final Logger LOG = LoggerFactory.getLogger(MessageBell.class);
  private static final String WAKE = "seda:notify.wake?size=1&discardWhenFull=true";

  private final ObjectProvider<ProducerTemplate> template;

  MessageBell(ObjectProvider<ProducerTemplate> template) {
    this.template = template;
  }

  /** An event has been committed, and what is told of it. */
  @EventListener
  public void changed(EventChange change) {
    ring();
  }

  void ring() {
    try {
      template.ifAvailable(camel -> camel.sendBody(WAKE, ""));
    } catch (RuntimeException e) {
      LOG.debug("The dispatcher of messages could not be woken and finds them by itself", e);
    }
  }
}
