/** PostgreSQL, embedded or a server: start, migrations, and connections that carry their tenant. */
@NullMarked
package io.caravanhub.hub.database;

import org.jspecify.annotations.NullMarked;
