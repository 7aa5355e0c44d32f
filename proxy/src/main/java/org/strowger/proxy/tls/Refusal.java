package org.strowger.proxy.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** How the refusal of a certificate is put, so that the peer hears the reason: each provider makes alerts of other things. */
interface Refusal {

    CertificateException of(CertificateException refused);

    static Refusal by(Engine engine) {
        return engine == Engine.OPENSSL ? Refusal::forOpenSsl : refused -> refused;
    }

    private static CertificateException forOpenSsl(CertificateException refused) {
        if (refused instanceof WrongNameException) {
            return new OpenSslCertificateException(
                    refused.getMessage(), refused, CertificateVerifier.X509_V_ERR_HOSTNAME_MISMATCH);
        }
        Throwable cause = refused.getCause();
        return isUnknownIssuer(cause)
                ? new OpenSslCertificateException(
                        refused.getMessage(), refused, CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
                : refused;
    }

    private static boolean isUnknownIssuer(@Nullable Throwable cause) {
        return cause instanceof CertPathBuilderException && cause.getCause() == null;
    }
}
