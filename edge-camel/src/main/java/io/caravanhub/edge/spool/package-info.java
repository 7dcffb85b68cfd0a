/** What a gateway keeps on disk until its hub has acknowledged it. */
@NullMarked
package io.caravanhub.edge.spool;

import org.jspecify.annotations.NullMarked;
