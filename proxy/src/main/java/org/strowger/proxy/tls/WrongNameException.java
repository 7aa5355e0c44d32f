package org.strowger.proxy.tls;

import java.security.cert.CertificateException;

/** A good certificate of somebody else. */
final class WrongNameException extends CertificateException {
    private static final long serialVersionUID = 1;

    WrongNameException(String message) {
        super(message);
    }
}
