/** Mappings tried out: a draft or a mapping in use, on a payload, by the pipeline's own code. */
@NullMarked
package io.caravanhub.hub.mapping;

import org.jspecify.annotations.NullMarked;
