package io.caravanhub.hub.console;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * One page of one tenant that somebody looks at: rendered once a tick, however many look.
 *
 * @param tenant whose rows it may show
 * @param sections renders the page's live sections by the id of their element
 * @param clients who looks at it
 */
record LiveTopic(String tenant, Supplier<Map<String, String>> sections, List<LiveClient> clients) {

  LiveTopic(String tenant, Supplier<Map<String, String>> sections) {
    this(tenant, sections, new CopyOnWriteArrayList<>());
  }
}
