/** RFC 9457 problem documents: what whoever asks over HTTP hears when it does not work. */
@NullMarked
package io.caravanhub.hub.problem;

import org.jspecify.annotations.NullMarked;
