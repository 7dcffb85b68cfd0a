/** How devices write their payloads, other than in JSON: CSV, and protobuf by a schema file. */
@NullMarked
package io.caravanhub.core.payload;

import org.jspecify.annotations.NullMarked;
