/** The catalogue of metrics as the API shows and changes it. */
@NullMarked
package io.caravanhub.hub.metric;

import org.jspecify.annotations.NullMarked;
