package io.caravanhub.hub.webhook;

import io.caravanhub.core.webhook.AddressList;
import java.util.List;

/** The secrets that tenants share with OEM clouds. Asked for every webhook; must be fast. */
public interface WebhookSecrets {
  /**
   * The secrets that are good now, in any order: more than one while a secret is being replaced.
   * Empty when this tenant takes no webhooks of this OEM.
   */
  List<String> find(String tenant, String oem);

  /**
   * One who sends.
   *
   * @param secrets that are good now
   * @param addresses that it sends from; empty for any
   */
  record Sender(List<String> secrets, AddressList addresses) {}

  /** All who may send this tenant's messages of this OEM. */
  default List<Sender> senders(String tenant, String oem) {
    return List.of(new Sender(find(tenant, oem), AddressList.EMPTY));
  }
}
