/** How OEM clouds prove that a webhook is theirs. */
@NullMarked
package io.caravanhub.core.webhook;

import org.jspecify.annotations.NullMarked;
