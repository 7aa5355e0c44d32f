package org.strowger.proxy.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What computes TLS. */
public enum Engine {
    /** BoringSSL through netty-tcnative. */
    OPENSSL(SslProvider.OPENSSL_REFCNT),
    /** Java's own: several times slower, and its sessions end with the certificate and with the process. */
    JDK(SslProvider.JDK);

    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private final SslProvider provider;

    Engine(SslProvider provider) {
        this.provider = provider;
    }

    SslProvider provider() {
        return provider;
    }

    /** The fastest that works on this machine; why it is not the first one is logged. */
    public static Engine best() {
        if (OpenSsl.isAvailable()) {
            return OPENSSL;
        }
        log.warn("TLS by Java's own implementation, because BoringSSL cannot be used: {}", cause());
        return JDK;
    }

    private static String cause() {
        return String.valueOf(OpenSsl.unavailabilityCause());
    }
}
