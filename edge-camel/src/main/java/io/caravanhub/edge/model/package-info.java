/** What an artifact that brings models to a gateway implements. */
@NullMarked
package io.caravanhub.edge.model;

import org.jspecify.annotations.NullMarked;
