/** The configuration of a gateway as one set of files, and what is wrong with it. */
@NullMarked
package io.caravanhub.core.bundle;

import org.jspecify.annotations.NullMarked;
