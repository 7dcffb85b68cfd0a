/** Golden files: payloads as devices send them, beside what a mapping must make of them. */
@NullMarked
package io.caravanhub.testkit.golden;

import org.jspecify.annotations.NullMarked;
