package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.sip.Transport;

/** An installed program, run by a user who may do nothing that everybody may not do. */
class UnprivilegedIT {
    private static final SippProcess.Load FEW = SippProcess.Load.of(40, 40);

    private final Loopback net = Loopback.of(UnprivilegedIT.class);

    @TempDir
    Path installed;

    private Installation installation = Installation.ofProject();

    @BeforeAll
    static void needsThePackagedProgram() {
        if (System.getProperty("strowger.command") != null) {
            throw Tool.missing("with -Dstrowger.command the program runs as whom that says");
        }
    }

    @BeforeEach
    void install() {
        installation = Installation.unprivileged(installed);
    }

    private String settings() {
        return """
                event-loops = 2
                listeners {
                  udp { transport = udp, bind = "%1$s:5060" }
                  tcp { transport = tcp, bind = "%1$s:5060" }
                }
                """.formatted(net.proxy());
    }

    @Test
    void callsGoThroughOverUdpAndTcp() throws IOException {
        Tool.SIPP.path();
        Path directory = RunDirectory.create("unprivileged");
        try (Backends backends = Backends.three(directory, "uas", net, Transport.UDP);
                ProxyProcess proxy = ProxyProcess.start(
                        installation,
                        installed,
                        net,
                        settings() + backends.pool("phones", "round-robin") + "rules = [ { pool = phones } ]\n")) {
            if (!installation.prefix().isEmpty()) {
                assertThat(status(proxy.pid())).contains("Uid:\t65534\t65534", "CapEff:\t0000000000000000");
            }
            for (Transport transport : List.of(Transport.UDP, Transport.TCP)) {
                try (SippProcess client = SippProcess.client(
                        directory,
                        "uac",
                        Endpoint.of(transport, net.client(1)),
                        Endpoint.of(transport, net.proxy()),
                        FEW)) {
                    Calls.assertAllWentThrough(client, FEW);
                }
            }
            assertThat(proxy.get("/ready")).contains("\"ready\":true");
            proxy.killHard(); // its probes would be unexpected at a server that ends
            backends.finishCleanly();
            assertThat(backends.total("3_INVITE_Recv")).isEqualTo(2L * FEW.calls());
        }
    }

    @Test
    void theLauncherChecksAFile() throws IOException {
        Path file = RunDirectory.write(
                installed.resolve("good.conf"),
                "cluster-key = \"" + ProxyProcess.CLUSTER_KEY + "\"\n" + settings()
                        + "pools { p { backends = [\"udp:127.0.0.1:5080\"] } }\nrules = [ { pool = p } ]\n");
        assertThat(check(file, "good")).contains(file + ": ok");
        Path broken = RunDirectory.write(installed.resolve("broken.conf"), "listners { }\n");
        try (OsProcess process = launcher(broken, "broken")) {
            assertThat(process.join(Duration.ofSeconds(60))).isEqualTo(2);
            assertThat(process.output()).contains("did you mean listeners?");
        }
    }

    private String check(Path file, String name) {
        try (OsProcess process = launcher(file, name)) {
            assertThat(process.join(Duration.ofSeconds(60))).as(process.tail()).isZero();
            return process.output();
        }
    }

    private OsProcess launcher(Path file, String name) {
        String strowger = installed.resolve("strowger").toString();
        return OsProcess.start(installed, name, installation.command(strowger, "check", file.toString()));
    }

    private static String status(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/status"));
    }
}
