/** From events to actions: policies, grouping, and the outbox rows they lead to. */
@NullMarked
package io.caravanhub.hub.orchestration;

import org.jspecify.annotations.NullMarked;
