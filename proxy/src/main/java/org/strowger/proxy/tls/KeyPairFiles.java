package org.strowger.proxy.tls;

import java.nio.file.Path;

/**
 * Where a certificate and its key lie, both in PEM.
 *
 * @param certificate the chain, our own certificate first
 * @param key its private key, not encrypted
 */
public record KeyPairFiles(Path certificate, Path key) {}
