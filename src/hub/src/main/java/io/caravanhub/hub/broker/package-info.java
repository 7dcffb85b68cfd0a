/**
 * The embedded MQTT broker and the Camel component broker: that takes a publish in its interceptor.
 */
@NullMarked
package io.caravanhub.hub.broker;

import org.jspecify.annotations.NullMarked;
