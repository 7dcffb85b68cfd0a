package io.caravanhub.hub;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/** Found by JUnit itself: closes the {@link RunningHub} when the last test is done. */
public final class HubCloser implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(Namespace.create(HubCloser.class))
        .getOrComputeIfAbsent("hub", key -> (CloseableResource) RunningHub::close);
  }
}
