/** Tells people and other systems what happened: mail, chat, pagers, signed webhooks. */
@NullMarked
package io.caravanhub.hub.notify;

import org.jspecify.annotations.NullMarked;
