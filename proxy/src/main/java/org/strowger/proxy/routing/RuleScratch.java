package org.strowger.proxy.routing;

import org.strowger.proxy.balancing.UserText;
import org.strowger.proxy.routing.pattern.PatternScratch;
import org.strowger.proxy.tls.PeerIdentity;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** What one event loop needs while it matches a request against a {@link RuleSet}. Reused, for any rule set. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class RuleScratch {
    private final IpPort source = new IpPort();
    private final UserText user = new UserText();
    private final PatternScratch patterns = new PatternScratch();
    private byte[] lowerCased = new byte[256];
    private long[] candidates = new long[1];
    private long[] satisfied = new long[1];
    private PeerIdentity peer = PeerIdentity.NONE;
    private int listener;
    private long callIdHash;

    void begin(IpPort from, int onListener, long hash, int words) {
        source.set(from);
        listener = onListener;
        callIdHash = hash;
        if (candidates.length < words) {
            candidates = new long[words];
            satisfied = new long[words];
        }
    }

    /** Before a match: who sent the request, as far as TLS tells. */
    void peer(PeerIdentity of) {
        peer = of;
    }

    PeerIdentity peer() {
        return peer;
    }

    IpPort source() {
        return source;
    }

    int listener() {
        return listener;
    }

    long callIdHash() {
        return callIdHash;
    }

    UserText user() {
        return user;
    }

    PatternScratch patterns() {
        return patterns;
    }

    long[] candidates() {
        return candidates;
    }

    long[] satisfied() {
        return satisfied;
    }

    /** Copies bytes to {@link #lowerCased}, ASCII letters in lower case; returns their number. */
    int lowerCase(byte[] bytes, int from, int to) {
        int length = to - from;
        if (lowerCased.length < length) {
            lowerCased = new byte[Math.max(length, 2 * lowerCased.length)];
        }
        for (int i = 0; i < length; i++) {
            byte b = bytes[from + i];
            lowerCased[i] = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
        }
        return length;
    }

    byte[] lowerCased() {
        return lowerCased;
    }
}
