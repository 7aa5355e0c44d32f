package org.strowger.proxy;

import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.LoopCounters;
import org.strowger.proxy.transport.DatagramPort;
import org.strowger.sip.IpPort;
import org.strowger.sip.stun.KeepAlive;
import org.strowger.sip.stun.StunBinding;
import org.strowger.threading.RunsOn;

/** Answers what shares a SIP port with SIP to keep a path open: STUN binding requests and line ends (RFC 5626). */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class KeepAliveAnswers implements DatagramAnswers {
    private static final byte[] PONG = {'\r', '\n'};

    private final LoopCounters counters;
    private final StunBinding stun = new StunBinding();
    private final byte[] answer = new byte[StunBinding.MAX_RESPONSE];

    KeepAliveAnswers(LoopCounters counters) {
        this.counters = counters;
    }

    @Override
    public boolean isTaken(DatagramPort port, byte[] bytes, int length, IpPort source, IpPort sender) {
        // Every SIP message begins with a token character, and none of what is answered here does.
        if (length > 0 && bytes[0] > ' ') {
            return false;
        }
        if (StunBinding.isStun(bytes, 0, length)) {
            int end = stun.answer(bytes, 0, length, source, answer, 0);
            counters.increment(end > 0 ? Counter.KEEP_ALIVE_STUN : Counter.DROP_BAD_STUN);
            if (end > 0) {
                port.send(answer, 0, end, sender);
            }
            return true;
        }
        KeepAlive kind = KeepAlive.of(bytes, 0, length);
        if (kind == KeepAlive.NONE) {
            return false;
        }
        counters.increment(Counter.KEEP_ALIVE_CRLF);
        if (kind == KeepAlive.DOUBLE_CRLF) {
            port.send(PONG, 0, PONG.length, sender);
        }
        return true;
    }
}
