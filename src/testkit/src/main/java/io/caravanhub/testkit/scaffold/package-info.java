/** Drafts of connectors, made by looking at samples of answers and at descriptions of APIs. */
@NullMarked
package io.caravanhub.testkit.scaffold;

import org.jspecify.annotations.NullMarked;
