package io.caravanhub.core.fsm;

import io.caravanhub.core.webhook.WebhookScheme;
import org.jspecify.annotations.Nullable;

/**
 * An adapter, read and compiled. Immutable.
 *
 * @param name of its folder, for instance {@code atlas-cmms}
 */
public record FsmAdapter(String name, FsmProduct product, FsmMappings mappings) {

  /** How the product signs its callbacks, or null when it sends none. */
  public @Nullable WebhookScheme callbackScheme() {
    return FsmProductFile.scheme(product);
  }
}
