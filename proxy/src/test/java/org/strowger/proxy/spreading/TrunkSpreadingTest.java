package org.strowger.proxy.spreading;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.IpPort;

/** Which loop gets a request, before a trunk is found heavy, while it turns, and afterwards. */
class TrunkSpreadingTest {
    private static final int LOOPS = 4;
    private static final IpPort TRUNK = source(1);
    private static final IpPort PHONE = source(2);

    private final MockTicker ticker = Ticker.newMockTicker();
    private final Spreading spreading = on(0);

    @Test
    void aHeavyTrunkUsesAllLoopsEvenly() {
        load("warm", 2_000);
        Map<Integer, Integer> shares = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            shares.merge(owner(TRUNK, request("INVITE", "call" + i)), 1, Integer::sum);
        }
        assertThat(shares).containsOnlyKeys(Spreading.HERE, 1, 2, 3);
        assertThat(shares.values()).allSatisfy(share -> assertThat(share).isBetween(2_300, 2_700));
    }

    @Test
    void loopsAgreeOnTheOwner() {
        Spreading other = on(3);
        load("warm", 2_000);
        for (int i = 0; i < 4_000; i++) {
            ticker.advance(100, TimeUnit.MICROSECONDS);
            byte[] request = request("INVITE", "call" + i);
            int mine = owner(TRUNK, request);
            int others = other.ownerOf(request, request.length, TRUNK);
            if (i > 3_000 && mine == 3) {
                assertThat(others).isEqualTo(Spreading.HERE);
            } else if (i > 3_000 && mine == Spreading.HERE) {
                assertThat(others).isZero();
            } else if (i > 3_000) {
                assertThat(others).isEqualTo(mine);
            }
        }
    }

    @Test
    void allRequestsOfACallMeetOneLoopWheneverTheTrunkTurns() {
        Map<String, Integer> owners = new HashMap<>();
        // Each call: INVITE, its retransmission 100 calls later, CANCEL and ACK 500 calls later.
        for (int i = 0; i < 6_000; i++) {
            ticker.advance(300, TimeUnit.MICROSECONDS);
            // A loop forgets nothing but the very first requests of a source.
            if (i >= HeavySources.WATCH_COUNT) {
                owners.put("call" + i, owner(TRUNK, request("INVITE", "call" + i)));
            } else {
                owner(TRUNK, request("INVITE", "early" + i));
            }
            follow(owners, "INVITE", i - 100);
            follow(owners, "CANCEL", i - 500);
            follow(owners, "ACK", i - 500);
        }
        assertThat(owners.get("call100")).isEqualTo(Spreading.HERE);
        assertThat(owners.values()).contains(Spreading.HERE, 1, 2, 3);
    }

    @Test
    void aCallThatRangWhenTheTrunkTurnedIsCancelledWhereItBegan() {
        load("warm", 2_000);
        assertThat(somewhereElse("CANCEL", "warm")).isZero();
        assertThat(somewhereElse("BYE", "warm")).isZero();
        passUnderLoad(60);
        assertThat(somewhereElse("INVITE", "warm")).isZero();
        assertThat(somewhereElse("CANCEL", "warm")).isZero();
        assertThat(somewhereElse("ACK", "warm")).isZero();
        assertThat(somewhereElse("BYE", "warm")).isPositive();
        passUnderLoad(300);
        assertThat(somewhereElse("INVITE", "warm")).isPositive();
    }

    @Test
    void everybodyElseStays() {
        load("warm", 5_000);
        for (int i = 0; i < 200; i++) {
            ticker.advance(100, TimeUnit.MILLISECONDS);
            assertThat(owner(PHONE, request("INVITE", "call" + i))).isEqualTo(Spreading.HERE);
        }
    }

    @Test
    void responsesAndWhatHasNoCallIdStay() {
        load("warm", 5_000);
        for (int i = 0; i < 200; i++) {
            String response = "SIP/2.0 200 OK\r\nCall-ID: call" + i + "\r\n\r\n";
            assertThat(owner(TRUNK, response.getBytes(ISO_8859_1))).isEqualTo(Spreading.HERE);
        }
        assertThat(owner(TRUNK, "OPTIONS sip:a@b SIP/2.0\r\n\r\n".getBytes(ISO_8859_1)))
                .isEqualTo(Spreading.HERE);
    }

    @Test
    void responsesDoNotMakeAPeerHeavy() {
        for (int i = 0; i < 20_000; i++) {
            ticker.advance(50, TimeUnit.MICROSECONDS);
            byte[] response = ("SIP/2.0 200 OK\r\nCall-ID: call" + i + "\r\n\r\n").getBytes(ISO_8859_1);
            spreading.ownerOf(response, response.length, TRUNK);
        }
        assertThat(owner(TRUNK, request("BYE", "a"))).isEqualTo(Spreading.HERE);
        assertThat(owner(TRUNK, request("BYE", "b"))).isEqualTo(Spreading.HERE);
        assertThat(owner(TRUNK, request("BYE", "c"))).isEqualTo(Spreading.HERE);
    }

    private void follow(Map<String, Integer> owners, String method, int call) {
        Integer owner = owners.get("call" + call);
        if (owner != null) {
            assertThat(owner(TRUNK, request(method, "call" + call)))
                    .as("%s of call %s", method, call)
                    .isEqualTo(owner);
        }
    }

    /** So many calls of the trunk, 4,000 a second. */
    private void load(String name, int count) {
        for (int i = 0; i < count; i++) {
            ticker.advance(250, TimeUnit.MICROSECONDS);
            owner(TRUNK, request("INVITE", name + i));
        }
    }

    private void passUnderLoad(int seconds) {
        for (int i = 0; i < 100 * seconds; i++) {
            ticker.advance(10, TimeUnit.MILLISECONDS);
            owner(TRUNK, request("OPTIONS", "passing" + i));
        }
    }

    /** How many of a hundred calls that began before the trunk was heavy go to another loop. */
    private long somewhereElse(String method, String name) {
        long count = 0;
        for (int i = 0; i < 100; i++) {
            count += owner(TRUNK, request(method, name + (100 + i))) == Spreading.HERE ? 0 : 1;
        }
        return count;
    }

    private int owner(IpPort source, byte[] message) {
        return spreading.ownerOf(message, message.length, source);
    }

    private Spreading on(int loop) {
        return new TrunkSpreading(loop, LOOPS, StableHash.STANDARD, ticker);
    }

    private static byte[] request(String method, String callId) {
        return (method + " sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCall-ID: " + callId
                        + "\r\n\r\n")
                .getBytes(ISO_8859_1);
    }

    private static IpPort source(int number) {
        IpPort source = new IpPort();
        source.setIpv4(0x0A00_0000 + number, 5060);
        return source;
    }
}
