/** What a gateway does with readings before it keeps them: filter, deadband, aggregate, bursts. */
@NullMarked
package io.caravanhub.edge.work;

import org.jspecify.annotations.NullMarked;
