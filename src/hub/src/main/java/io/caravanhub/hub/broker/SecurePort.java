package io.caravanhub.hub.broker;

import io.caravanhub.hub.security.HubPrincipal;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Function;

/**
 * The broker's TLS listener.
 *
 * @param keys PKCS #12 file with the key it shows
 * @param trusted PKCS #12 file with the authorities of clients
 * @param password of both
 * @param holders the device behind a client's certificate
 */
record SecurePort(
    int port,
    Path keys,
    Path trusted,
    String password,
    Function<X509Certificate, Optional<HubPrincipal>> holders) {}
