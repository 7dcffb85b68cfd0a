package io.caravanhub.hub.webhook;

import io.caravanhub.core.webhook.WebhookScheme;
import java.util.Optional;

/** The connectors that take webhooks, and how each OEM signs. */
public interface WebhookSchemes {
  /** How this OEM signs, or empty when no connector takes its webhooks. */
  Optional<WebhookScheme> find(String oem);
}
