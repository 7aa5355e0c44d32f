package org.strowger.proxy.tls;

import java.util.Arrays;
import java.util.List;

/** A version that may be used; all before are forbidden (RFC 8996). */
public enum TlsVersion {
    TLS_1_2("TLSv1.2"),
    TLS_1_3("TLSv1.3");

    private final String protocol;

    TlsVersion(String protocol) {
        this.protocol = protocol;
    }

    /** As the providers name it. */
    String protocol() {
        return protocol;
    }

    /** The label value: {@code 1.3}. */
    public String label() {
        return protocol.substring("TLSv".length());
    }

    /** This version and all above, the highest first. */
    List<String> andAbove() {
        return Arrays.stream(values())
                .filter(version -> version.compareTo(this) >= 0)
                .sorted((a, b) -> b.compareTo(a))
                .map(TlsVersion::protocol)
                .toList();
    }
}
