package io.caravanhub.hub.devicetype;

/** A part that cannot be used, and why; the field is within the message. */
record RefusedPart(Object body, String field, String reason) {}
