/** Route files: loaded one by one into a running Camel context, watched, and refused alone. */
@NullMarked
package io.caravanhub.core.route;

import org.jspecify.annotations.NullMarked;
