package org.strowger.proxy.spreading;

import io.netty.util.concurrent.Ticker;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.CallIdScan;
import org.strowger.sip.IpPort;
import org.strowger.sip.Method;
import org.strowger.threading.RunsOn;

/**
 * Gives the requests of heavy sources to the event loops that own their calls, by a hash of the Call-ID: retransmission,
 * CANCEL and ACK meet their INVITE's loop, hence its Via, and one loop handles all messages of a call in order. A call that
 * began before its source was found heavy stays where it began until its transactions are over.
 *
 * <p>Responses stay: our Via named the port that they came to, or they can be handled anywhere, and one for a backend crosses
 * on its way out to the loop whose port the backend sent to. All others stay without
 * having been looked at.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class TrunkSpreading implements Spreading {
    private final int loop;
    private final int loops;
    private final StableHash hash;
    private final HeavySources sources;
    private final RecentCalls calls;
    private final CallIdScan scan = new CallIdScan();

    /**
     * @param loop the number of the loop that this runs on
     * @param loops how many there are
     */
    public TrunkSpreading(int loop, int loops, StableHash hash, Ticker ticker) {
        this.loop = loop;
        this.loops = loops;
        this.hash = hash;
        this.sources = new HeavySources(ticker);
        this.calls = new RecentCalls(ticker);
    }

    @Override
    public int ownerOf(byte[] bytes, int length, IpPort source) {
        if (CallIdScan.isResponse(bytes, 0, length)) {
            return HERE;
        }
        Standing standing = sources.observe(source);
        if (standing == Standing.LIGHT || !scan.find(bytes, 0, length)) {
            return HERE;
        }
        long call = hash.hash(bytes, scan.callId().start(), scan.callId().end());
        if (standing == Standing.WATCHED) {
            calls.add(call);
            return HERE;
        }
        return mayLiveHere(standing, call) ? HERE : owner(call);
    }

    /** Whether a transaction that this loop began, before the source was heavy, may not be over yet. */
    private boolean mayLiveHere(Standing standing, long call) {
        return switch (standing) {
            case TURNING -> calls.contains(call);
            case SETTLING -> isOfInvite(scan.method()) && calls.contains(call);
            case LIGHT, WATCHED, HEAVY -> false;
        };
    }

    private static boolean isOfInvite(Method method) {
        return method == Method.INVITE || method == Method.CANCEL || method == Method.ACK;
    }

    /** Independent of what rules and pools use the hash for, so that a loop's calls still go to all backends. */
    private int owner(long call) {
        long mixed = (call ^ (call >>> 32)) * 0x9E37_79B9_7F4A_7C15L;
        int owner = (int) (((mixed >>> 32) * loops) >>> 32);
        return owner == loop ? HERE : owner;
    }
}
