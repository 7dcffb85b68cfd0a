package io.caravanhub.hub.asset;

/** An asset of a tenant. */
record AssetKey(String tenant, String asset) {}
