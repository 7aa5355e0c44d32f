package org.strowger.proxy.balancing;

import org.strowger.sip.IpPort;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Span;
import org.strowger.threading.RunsOn;

/**
 * Computes the hash of the part of a message that must keep meeting the same backend. One per event loop.
 *
 * <p>A message that lacks the part (no user, no such header) is hashed by its Call-ID, so that such messages spread.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class AffinityKey {
    private final KeyHash hash;
    private final UserText user = new UserText();
    private final byte[] address = new byte[16];

    public AffinityKey(KeyHash hash) {
        this.hash = hash;
    }

    /** The key of {@link Affinity} entries, whatever the pool's policy, and that of percentages. */
    public long ofCallId(SipMessage message) {
        Span callId = message.callId();
        return hash.hash(message.bytes(), callId.start(), callId.end());
    }

    /** What {@link Picker#pick} wants to know of a request that came from {@code source}. */
    public long of(BalancingPolicy policy, SipMessage message, IpPort source) {
        if (policy instanceof BalancingPolicy.SourceIp) {
            return ofAddress(source);
        }
        if (policy instanceof BalancingPolicy.User) {
            boolean present =
                    user.read(message, message.method() == Method.REGISTER ? message.toUri() : message.requestUri());
            return present ? hash.hash(user.bytes(), user.from(), user.to()) : ofCallId(message);
        }
        if (policy instanceof BalancingPolicy.Header header) {
            int index = header.name().first(message);
            return index < 0
                    ? ofCallId(message)
                    : hash.hash(message.bytes(), message.valueStart(index), message.valueEnd(index));
        }
        return ofCallId(message);
    }

    /** The key of a source address, whatever its port. */
    public long ofAddress(IpPort source) {
        for (int i = 0; i < 8; i++) {
            address[i] = (byte) (source.high() >>> (56 - 8 * i));
            address[8 + i] = (byte) (source.low() >>> (56 - 8 * i));
        }
        return hash.hash(address, 0, 16);
    }
}
