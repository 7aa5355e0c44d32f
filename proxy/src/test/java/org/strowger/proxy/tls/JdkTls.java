package org.strowger.proxy.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The other end of TLS, by Java's own implementation. */
public final class JdkTls {
    private JdkTls() {}

    /** Trusts that authority, and shows that certificate. */
    public static SSLContext context(TestAuthority trusted, Optional<TestAuthority.Issued> own) {
        try {
            KeyStore authorities = empty();
            authorities.setCertificateEntry("authority", trusted.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities);
            KeyStore keys = empty();
            if (own.isPresent()) {
                keys.setKeyEntry("own", own.get().key(), new char[0], new Certificate[] {
                    own.get().certificate(), trusted.certificate()
                });
            }
            KeyManagerFactory manager = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            manager.init(keys, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(manager.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
