/** The gateway's side of its management: enrolment, configuration and software from the hub. */
@NullMarked
package io.caravanhub.edge.manage;

import org.jspecify.annotations.NullMarked;
