package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.tls.ClientAuthentication;
import org.strowger.proxy.tls.TestAuthority;
import org.strowger.proxy.tls.TlsVersion;

/** The section {@code tls}, with files that are there or not. */
class TlsConfigTest {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");

    @TempDir
    private Path folder;

    private Loading loading;

    @BeforeEach
    void files() throws IOException {
        loading = Loading.in(folder);
        AUTHORITY.write(folder);
        AUTHORITY.issue("dns:a.example").write(folder, "a");
        AUTHORITY.issue("dns:b.example").write(folder, "b");
        AUTHORITY.issue(Duration.ofDays(-1), "dns:c.example").write(folder, "old");
        Files.writeString(folder.resolve("nothing.pem"), "nothing");
    }

    private List<String> problems(String tls, String listener) {
        return loading.lines(loading.text("""
                listeners { a { transport = tls, bind = "127.0.0.1:0", %s } }
                pools { p { backends = ["udp:127.0.0.1:5070"] } }
                rules = [ { pool = p } ]
                tls {
                %s
                }
                """.formatted(listener, tls)));
    }

    @Test
    void everyKeyIsRead() {
        StrowgerConfig config = loading.loaded("""
                listeners { a { transport = tls, bind = "127.0.0.1:0", tls = front } }
                pools { p { backends = ["tls:127.0.0.1"], tls = inside } }
                rules = [ { pool = p } ]
                tls {
                  front {
                    certificate = "a.pem", key = "a.key", certificates = [ { certificate = "b.pem", key = "b.key" } ]
                    client-auth = required, trusted = "authority.pem", domains = ["One.example", "two.example"]
                    min-version = 1.3, handshake-timeout = 2s, handshakes = 50, resumption = false
                  }
                  inside { verify = false, server-name = "pbx.example", handshakes = off,
                    ciphers = TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 }
                }
                """);
        TlsConfig front = config.tls().get(0);
        assertThat(front.certificate()).hasValue(folder.resolve("a.pem"));
        assertThat(front.certificates()).hasSize(1);
        assertThat(front.clientAuth()).isEqualTo(ClientAuthentication.REQUIRED);
        assertThat(front.domains()).containsExactly("one.example", "two.example");
        assertThat(front.minVersion()).isEqualTo(TlsVersion.TLS_1_3);
        assertThat(front.handshakeTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(front.handshakes()).isEqualTo(50);
        assertThat(front.resumption()).isFalse();
        TlsConfig inside = config.tls().get(1);
        assertThat(inside.verify()).isFalse();
        assertThat(inside.serverName()).hasValue("pbx.example");
        assertThat(inside.handshakes()).isZero();
        assertThat(inside.ciphers()).hasSize(1);
        assertThat(config.pools().get(0).tls()).hasValue("inside");
        assertThat(config.listeners().get(0).tls()).hasValue("front");
    }

    @Test
    void filesAreOpenedAndHeldAgainstEachOther() {
        assertThat(problems("front { certificate = a.pem, key = b.key }", "tls = front"))
                .singleElement()
                .asString()
                .startsWith(
                        "test.conf:5: tls.front.key: b.key, another key (expected: the key of the first certificate in ");
        assertThat(problems("front {\n certificate = none.pem\n key = a.key }", "tls = front"))
                .containsExactly("test.conf:6: tls.front.certificate: none.pem, missing (expected: a file)");
        assertThat(problems("front { certificate = a.pem, key = nothing.pem }", "tls = front"))
                .containsExactly("test.conf:5: tls.front.key: nothing.pem, no private key"
                        + " (expected: a key in PEM, -----BEGIN PRIVATE KEY-----)");
        assertThat(problems("front { certificate = nothing.pem, key = a.key }", "tls = front"))
                .containsExactly("test.conf:5: tls.front.certificate: nothing.pem, no certificate"
                        + " (expected: certificates in PEM, -----BEGIN CERTIFICATE-----)");
        assertThat(problems("front { certificate = a.pem }", "tls = front"))
                .containsExactly("test.conf:5: tls.front.key: missing (expected: the path of a file)");
        assertThat(problems(
                        "front { certificate = a.pem, key = a.key, certificates = [{ certificate = b.pem }] }",
                        "tls = front"))
                .containsExactly("test.conf:5: tls.front.certificates[0].key: missing (expected: the path of a file)");
        assertThat(problems("front { certificate = a.pem, key = a.key, trusted = nothing.pem }", "tls = front"))
                .hasSize(1);
    }

    @Test
    void anExpiredCertificateIsAWarning() {
        assertThat(problems("front { certificate = old.pem, key = old.key }", "tls = front"))
                .singleElement()
                .asString()
                .startsWith("test.conf:5: warning: tls.front.certificate: old.pem (expired since ");
    }

    @Test
    void sectionsSuitThoseWhoUseThem() {
        assertThat(problems("front {}", "tls = front"))
                .containsExactly("test.conf:5: tls.front: no certificate"
                        + " (expected: certificate and key, because listeners.a uses it)");
        assertThat(problems("front { certificate = a.pem, key = a.key }", ""))
                .containsExactly("test.conf:1: listeners.a.tls: missing (expected: the name of a section of tls)");
        assertThat(problems("front { certificate = a.pem, key = a.key }", "tls = frnt"))
                .containsExactly("test.conf:1: listeners.a.tls: frnt"
                        + " (expected: the name of a section of tls, one of front; did you mean front?)");
        assertThat(problems("front { certificate = a.pem, key = a.key, client-auth = required }", "tls = front"))
                .containsExactly("test.conf:5: tls.front.trusted: missing"
                        + " (expected: the authorities of the clients' certificates, for client-auth)");
    }

    @Test
    void aBackendHasOneEndOfTls() {
        List<String> lines = loading.lines(loading.text("""
                listeners { a { transport = udp, bind = "127.0.0.1:0" } }
                pools {
                  p { backends = ["tls:127.0.0.1"], tls = one }
                  q { backends = ["tls:127.0.0.1"], tls = two }
                }
                rules = [ { method = INVITE, pool = p }, { pool = q } ]
                tls { one {}, two {} }
                """));
        assertThat(lines)
                .containsExactly(
                        "test.conf:4: pools.q: tls two for tls:127.0.0.1:5061 (expected: the same as in pools.p, one)");
    }
}
