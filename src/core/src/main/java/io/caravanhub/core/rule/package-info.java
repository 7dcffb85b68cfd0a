/** What is worth noticing: rules as they are written, and their evaluation device by device. */
@NullMarked
package io.caravanhub.core.rule;

import org.jspecify.annotations.NullMarked;
