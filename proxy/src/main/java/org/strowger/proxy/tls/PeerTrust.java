package org.strowger.proxy.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** Decides on the certificate of a peer: first by whom it was issued, then by whom it names. */
@RunsOn(RunsOn.Runner.ANY)
final class PeerTrust extends X509ExtendedTrustManager {
    private final X509TrustManager issuers;
    private final NameCheck names;
    private final Refusal refusal;

    /** Whether the names of a certificate are those that are wanted. */
    interface NameCheck {

        /** @param reachedBy what a server was reached by; empty for a client */
        boolean accepts(PeerNames names, String reachedBy);
    }

    PeerTrust(X509TrustManager issuers, NameCheck names, Refusal refusal) {
        this.issuers = issuers;
        this.names = names;
        this.refusal = refusal;
    }

    /** Of clients: one of these domains, or any. */
    static NameCheck anyOf(java.util.List<String> domains) {
        Predicate<PeerNames> listed = names -> domains.stream().anyMatch(names::isFor);
        return (names, reachedBy) -> domains.isEmpty() || listed.test(names);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        try {
            issuers.checkClientTrusted(chain, authType);
            check(chain[0], "");
        } catch (CertificateException e) {
            throw refusal.of(e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("a server that was reached by no name");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        String reachedBy = engine.getPeerHost();
        try {
            issuers.checkServerTrusted(chain, authType);
            check(chain[0], reachedBy == null ? "" : reachedBy);
        } catch (CertificateException e) {
            throw refusal.of(e);
        }
    }

    private void check(X509Certificate own, String reachedBy) throws CertificateException {
        PeerNames found = PeerNames.of(own);
        if (!names.accepts(found, reachedBy)) {
            throw new WrongNameException("a certificate for " + found.sipDomains() + " " + found.addresses()
                    + (reachedBy.isEmpty() ? "" : ", reached as " + reachedBy));
        }
    }

    @Override
    public X509Certificate @Nullable [] getAcceptedIssuers() {
        return issuers.getAcceptedIssuers();
    }
}
