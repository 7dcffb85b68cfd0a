/** Jobs that take kept messages through the pipeline again. */
@NullMarked
package io.caravanhub.hub.replay;

import org.jspecify.annotations.NullMarked;
