package io.caravanhub.hub.webhook;

import io.caravanhub.core.connector.PartMessage;
import java.util.List;

/** Told of each webhook once all of it is stored, before the cloud is answered. */
@FunctionalInterface
public interface WebhookListener {
  /**
   * The messages that a webhook was taken apart into; may be told of the same again.
   *
   * @throws RuntimeException when the webhook shall come again
   */
  void stored(String tenant, String oem, List<PartMessage> parts);
}
