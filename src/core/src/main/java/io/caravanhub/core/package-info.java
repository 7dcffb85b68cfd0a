/** What hub and edge share; the packages below are its parts. */
@NullMarked
package io.caravanhub.core;

import org.jspecify.annotations.NullMarked;
