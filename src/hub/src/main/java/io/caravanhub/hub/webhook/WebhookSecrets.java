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
   * @param locked whether it has a secret that the hub cannot open now: nobody is to be told that
   *     theirs is wrong
   */
  record Sender(List<String> secrets, AddressList addresses, boolean locked) {
    /** One whose secrets are all open. */
    public Sender(List<String> secrets, AddressList addresses) {
      this(secrets, addresses, false);
    }
  }

  /** All who may send this tenant's messages of this OEM. */
  default List<Sender> senders(String tenant, String oem) {
    return List.of(new Sender(find(tenant, oem), AddressList.EMPTY));
  }
}
