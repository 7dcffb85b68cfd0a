/** What a hub is measured with: processes of Kafka, PostgreSQL and MQTT brokers, a played FSM. */
@NullMarked
package io.caravanhub.bench.peer;

import org.jspecify.annotations.NullMarked;
