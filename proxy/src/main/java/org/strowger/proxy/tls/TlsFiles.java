package org.strowger.proxy.tls;

import java.nio.file.Path;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.util.Optional;

/** Whether files can be used, for those who only want to know. */
public final class TlsFiles {
    private TlsFiles() {}

    /** Reads both files and holds them against each other; returns since when the certificate has expired, if it has. */
    public static Optional<Instant> check(KeyPairFiles files) throws TlsFileException {
        Credential read = Credential.of(files, Pem.read(files.certificate()), Pem.read(files.key()));
        try {
            read.own().checkValidity();
            return Optional.empty();
        } catch (CertificateExpiredException e) {
            return Optional.of(read.expires());
        } catch (CertificateNotYetValidException e) {
            // Its time comes; clocks differ, too.
            return Optional.empty();
        }
    }

    /** Reads the certificates of authorities; returns how many there are. */
    public static int checkAuthorities(Path file) throws TlsFileException {
        return Pem.certificates(file, Pem.read(file)).size();
    }
}
