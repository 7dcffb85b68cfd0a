/** The stages on Kafka: what the routes of the group kafka need besides Camel's own component. */
@NullMarked
package io.caravanhub.hub.kafka;

import org.jspecify.annotations.NullMarked;
