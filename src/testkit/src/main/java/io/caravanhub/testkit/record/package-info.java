/** Real traffic of a cloud, as samples in which nobody can be recognised. */
@NullMarked
package io.caravanhub.testkit.record;

import org.jspecify.annotations.NullMarked;
