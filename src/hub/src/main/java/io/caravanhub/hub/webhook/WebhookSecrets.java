package io.caravanhub.hub.webhook;

import java.util.List;

/** The secrets that tenants share with OEM clouds. Asked for every webhook; must be fast. */
public interface WebhookSecrets {
  /**
   * The secrets that are good now, in any order: more than one while a secret is being replaced.
   * Empty when this tenant takes no webhooks of this OEM.
   */
  List<String> find(String tenant, String oem);
}
