/** A broker outside: the Camel component mqtt-in: takes its messages and loses none of them. */
@NullMarked
package io.caravanhub.core.mqtt;

import org.jspecify.annotations.NullMarked;
