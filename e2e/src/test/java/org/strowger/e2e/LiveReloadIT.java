package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/**
 * The packaged program reads its file again under a stream of calls, by SIGHUP and by {@code strowger reload}: no call may fail.
 * {@code -Dreload.seconds=60 -Dreload.rate=500} is the full measure.
 */
class LiveReloadIT {
    private static final int BROKEN_FILES = 20;
    private static final String IN_FORCE = "audit: reload: [^\\n]*strowger\\.conf: ";

    private final Loopback net = Loopback.of(LiveReloadIT.class);
    private final int seconds = Integer.getInteger("reload.seconds", 10);
    private final int rate = Integer.getInteger("reload.rate", 200);
    private final List<Endpoint> all = Backends.three(net, Transport.UDP);

    @BeforeAll
    static void needsThePackagedProgram() {
        Tool.SIPP.path();
        if (System.getProperty("strowger.command") != null) {
            throw Tool.missing("with -Dstrowger.command a file may be out of reach");
        }
    }

    @Test
    void aReloadEverySecondFailsNoCall() {
        Path directory = RunDirectory.create("reload");
        SippProcess.Load load = new SippProcess.Load(rate * seconds, rate, Duration.ofSeconds(2), true);
        try (Backends backends = Backends.start(directory, "uas", all, Duration.ZERO);
                ProxyProcess proxy = ProxyProcess.start(directory, net, variant(0));
                SippProcess client = client(directory, load)) {
            long begin = System.nanoTime();
            int reloads = 0;
            while (client.isAlive()) {
                reloads++;
                reload(proxy, reloads);
                LockSupport.parkNanos(begin + TimeUnit.SECONDS.toNanos(reloads) - System.nanoTime());
            }
            client.join(Calls.limit(load));
            int inForce = proxy.count(IN_FORCE);
            System.out.printf(
                    "reload: %d of %d calls failed in %d reloads, %d answered after more than 200 ms, %d messages repeated%n",
                    client.failed(), load.calls(), inForce, client.late(), client.retransmissions());
            assertThat(client.failed())
                    .as("failed calls\n%s\n%s", client.explain(), proxy.tail())
                    .isZero();
            assertThat(client.successful()).isEqualTo(load.calls());
            assertThat(inForce).as("%s", proxy.tail()).isBetween(seconds / 2, reloads);
            assertThat(backends.servers()).allMatch(SippProcess::isAlive);
            assertThat(proxy.count("reload: refused|not reloaded"))
                    .as("%s", proxy.tail())
                    .isZero();
        }
    }

    private void reload(ProxyProcess proxy, int number) {
        proxy.configure(variant(number));
        if (number % 2 == 0) {
            proxy.hangUp();
            await("reload " + number)
                    .atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .until(() -> proxy.count(IN_FORCE) == number);
        } else {
            OsProcess command = proxy.command("reload-" + number, "reload");
            assertThat(command.join(Duration.ofSeconds(30)))
                    .as("%s", command.tail())
                    .isZero();
        }
    }

    @Test
    void aBrokenFileChangesNothingAndIsAnsweredWithItsLine() {
        Path directory = RunDirectory.create("reload-broken");
        SippProcess.Load load = new SippProcess.Load(rate * 8, rate, Duration.ZERO, true);
        try (Backends backends = Backends.start(directory, "uas", all, Duration.ZERO);
                ProxyProcess proxy = ProxyProcess.start(directory, net, variant(0));
                SippProcess client = client(directory, load)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> client.successful() > 0);
            for (int i = 0; i < BROKEN_FILES; i++) {
                Broken broken = Broken.values()[i % Broken.values().length];
                Path file = proxy.configure(broken.in(variant(i)));
                String where = java.util.regex.Pattern.quote(file + ":" + proxy.lineOf(broken.mark) + ": ");
                if (i % 2 == 0) {
                    int known = proxy.count("not reloaded: " + where);
                    proxy.hangUp();
                    await("the line of " + broken + "\n" + proxy.tail())
                            .atMost(Duration.ofSeconds(20))
                            .until(() -> proxy.count("not reloaded: " + where) > known);
                } else {
                    OsProcess command = proxy.command("broken-" + i, "reload");
                    assertThat(command.join(Duration.ofSeconds(30)))
                            .as("%s", command.tail())
                            .isEqualTo(2);
                    assertThat(command.count(where))
                            .as("%s %s", broken, command.tail())
                            .isPositive();
                }
            }
            assertThat(proxy.get("/api/v1/status")).contains("\"reloads\":0,");
            client.join(Calls.limit(load));
            System.out.printf(
                    "broken files: %d of %d calls failed, %d answered after more than 200 ms%n",
                    client.failed(), load.calls(), client.late());
            assertThat(client.failed()).as("failed calls\n%s", client.explain()).isZero();
            proxy.configure(variant(0));
            proxy.hangUp();
            await("what is in force is the first file\n" + proxy.tail())
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> proxy.count(IN_FORCE + "no change") == 1);
            assertThat(backends.servers()).allMatch(SippProcess::isAlive);
        }
    }

    /** What somebody mistypes: a line, with a mark by which it is found. */
    private enum Broken {
        UNKNOWN_KEY("pools { phones { balence = round-robin } }", "balence"),
        BAD_VALUE("pools { phones { bounded-load = much } }", "much"),
        NO_SUCH_POOL("rules = [ { pool = fones } ]", "fones"),
        BAD_BACKEND("pools { more { backends = [\"udp:10.0.0.300:5060\"] } }", "10.0.0.300"),
        SYNTAX("pools { phones { balance = = } }", "= =");

        private final String line;
        private final String mark;

        Broken(String line, String mark) {
            this.line = line;
            this.mark = mark;
        }

        String in(String sound) {
            return sound + line + "\n";
        }
    }

    /** Weights, rules, another pool, and another policy come and go. */
    private String variant(int number) {
        String first = all.get(0).backend();
        String second = all.get(1).backend();
        String third = all.get(2).backend();
        boolean heavy = number % 5 == 1;
        boolean refusing = number % 5 == 2;
        boolean more = number % 5 == 3;
        boolean hashing = number % 5 == 4;
        return """
                event-loops = 2
                listeners { front { transport = udp, bind = "%s:5060" } }
                pools { phones { backends = [{ address = "%s", weight = %d }, "%s", "%s"], balance = %s } }
                """.formatted(net.proxy(), first, heavy ? 3 : 1, second, third, hashing ? "call-id" : "round-robin")
                + (more ? "pools { extra { backends = [\"" + third + "\"] } }\n" : "")
                + "rules = ["
                + (refusing
                        ? "{ request-user = \"/^1900/\", reject = 403 }, { method = REGISTER, reject = 405 }, "
                        : "")
                + (more ? "{ percent = 30, pool = extra }, " : "")
                + "{ pool = phones } ]\n";
    }

    private SippProcess client(Path directory, SippProcess.Load load) {
        return SippProcess.client(
                directory,
                "uac",
                Endpoint.of(Transport.UDP, net.client(1)),
                Endpoint.of(Transport.UDP, net.proxy()),
                load);
    }
}
