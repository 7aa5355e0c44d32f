package org.strowger.proxy.config;

import java.nio.file.Path;

/**
 * A certificate beside the first one of a section, for other names.
 *
 * @param certificate PEM, the chain
 * @param key PEM
 */
public record CertificateConfig(Path certificate, Path key) {}
