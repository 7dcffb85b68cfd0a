package io.caravanhub.hub.webhook;

import io.caravanhub.core.connector.ConnectorParts;
import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;

/** Tells the listeners of a stored webhook; step of the route {@code webhook}. Thread-safe. */
public final class WebhookListeners {
  /** Exchange property with the tenant. */
  static final String TENANT = "hub-webhook-tenant";

  private final List<WebhookListener> listeners;

  public WebhookListeners(List<WebhookListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  /** All of the webhook is in the store or in the dead letters. */
  public void stored(Exchange exchange) {
    List<PartMessage> parts = new ArrayList<>();
    if (exchange.getProperty(ConnectorParts.PARTS) instanceof List<?> taken) {
      taken.forEach(part -> parts.add((PartMessage) part));
    }
    String tenant = exchange.getProperty(TENANT, "", String.class);
    String oem = exchange.getProperty(WebhookSignature.OEM, "", String.class);
    listeners.forEach(listener -> listener.stored(tenant, oem, parts));
  }

  /** The tenant's header is left for the dead letters, this one for the listeners. */
  static void of(Exchange exchange, String tenant) {
    exchange.setProperty(TENANT, tenant);
    exchange.getMessage().setHeader(TelemetryHeaders.TENANT, tenant);
  }
}
