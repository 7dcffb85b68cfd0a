/**
 * {@code ./hub cluster}: several hubs on one database and one Kafka, parted and killed under load,
 * and what became of each message.
 */
@NullMarked
package io.caravanhub.bench.cluster;

import org.jspecify.annotations.NullMarked;
