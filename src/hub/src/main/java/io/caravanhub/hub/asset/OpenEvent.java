package io.caravanhub.hub.asset;

/** An event of an asset that is not over. */
record OpenEvent(String severity, String type, String family, String message) {}
