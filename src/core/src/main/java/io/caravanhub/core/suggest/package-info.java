/** Drafts of mappings, proposed from payloads that nobody has mapped yet. */
@NullMarked
package io.caravanhub.core.suggest;

import org.jspecify.annotations.NullMarked;
