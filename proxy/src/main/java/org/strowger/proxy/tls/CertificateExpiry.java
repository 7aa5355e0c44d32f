package org.strowger.proxy.tls;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Until when a certificate in force is valid.
 *
 * @param section of {@code tls}
 */
public record CertificateExpiry(String section, Path certificate, Instant expires) {}
