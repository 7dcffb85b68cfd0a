/** Delivery to the field-service system: the outbox, its attempts, and what each answer means. */
@NullMarked
package io.caravanhub.hub.fsm;

import org.jspecify.annotations.NullMarked;
