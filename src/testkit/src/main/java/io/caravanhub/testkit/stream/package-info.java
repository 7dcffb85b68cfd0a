/** A broker and a cloud that send by themselves, scripted, with faults. */
@NullMarked
package io.caravanhub.testkit.stream;

import org.jspecify.annotations.NullMarked;
