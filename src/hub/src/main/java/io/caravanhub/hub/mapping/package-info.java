/** Mappings of tenants: versions, drafts, what is in force; and mappings tried on payloads. */
@NullMarked
package io.caravanhub.hub.mapping;

import org.jspecify.annotations.NullMarked;
