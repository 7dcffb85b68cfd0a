package io.caravanhub.hub.certificate;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a TLS listener shows.
 *
 * @param chain its own certificate first
 */
record ListenerKey(PrivateKey key, List<X509Certificate> chain) {}
