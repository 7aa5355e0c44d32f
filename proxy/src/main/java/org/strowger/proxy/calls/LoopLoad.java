package org.strowger.proxy.calls;

import org.jspecify.annotations.Nullable;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.proxy.balancing.DialogSample;
import org.strowger.proxy.balancing.KeyHash;
import org.strowger.sip.HeaderId;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Span;
import org.strowger.threading.RunsOn;

/**
 * Reads calls and requests in progress off the messages that pass one event loop. Costs a look at two flags for backends of
 * which nobody needs to know them exactly; of those, the dialogs are sampled.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class LoopLoad {
    private static final int MOST_DIGITS = 9;

    private final CallLeases leases;
    private final RequestMeter requests;
    private final KeyHash hash;
    private final CallKey probe = new CallKey(0);

    public LoopLoad(CallLeases leases, RequestMeter requests, KeyHash hash) {
        this.leases = leases;
        this.requests = requests;
        this.hash = hash;
    }

    /** A request goes to that backend. */
    public void toBackend(BackendLoad load, SipMessage request) {
        if (load.leasesCalls()) {
            requestOfCall(load, request);
        } else {
            requestInDialog(load.dialogs(), request);
        }
        if (load.measuresRequests() && request.method() != Method.ACK && request.method() != Method.CANCEL) {
            requests.sent(requestKey(load, request), load);
        }
    }

    /** A request that this backend has not answered goes to another one. */
    public void givenUp(BackendLoad load, SipMessage request) {
        if (load.leasesCalls() && request.method() == Method.INVITE) {
            Lease lease = find(load, request);
            if (lease != null) {
                leases.extend(lease, CallLeases.GIVEN_UP_SECONDS);
            }
        }
        if (load.measuresRequests()) {
            requests.givenUp(requestKey(load, request));
        }
    }

    /** A request had no answer in time. */
    public void noResponse(BackendLoad load) {
        if (load.measuresRequests()) {
            requests.noResponse(load);
        }
    }

    /** A message came from that backend. */
    public void fromBackend(BackendLoad load, SipMessage message) {
        boolean leasing = load.leasesCalls();
        if (message.isRequest()) {
            if (leasing) {
                requestInCall(load, message);
            } else {
                requestInDialog(load.dialogs(), message);
            }
            return;
        }
        if (leasing) {
            responseInCall(load, message);
        } else if (message.cseqMethod() == Method.INVITE && message.statusCode() / 100 == 2) {
            inDialog(load.dialogs(), message);
        }
        boolean counts =
                message.cseqMethod() == Method.INVITE ? message.statusCode() > 100 : message.statusCode() >= 200;
        if (counts && load.measuresRequests()) {
            requests.answered(requestKey(load, message));
        }
    }

    /** Whichever side it comes from. */
    private void requestInDialog(DialogSample dialogs, SipMessage m) {
        if (m.method() == Method.INVITE && m.toTag().isPresent()) {
            inDialog(dialogs, m);
        } else if (m.method() == Method.UPDATE && m.toTag().isPresent()) {
            dialogs.renew(callId(m), leases.nowSeconds(), leases.endOfDialog(sessionSeconds(m)));
        } else if (m.method() == Method.BYE) {
            dialogs.remove(callId(m), leases.nowSeconds());
        }
    }

    private void inDialog(DialogSample dialogs, SipMessage m) {
        dialogs.add(callId(m), leases.nowSeconds(), leases.endOfDialog(sessionSeconds(m)));
    }

    private void requestOfCall(BackendLoad load, SipMessage m) {
        if (m.method() == Method.INVITE && !m.toTag().isPresent()) {
            long callId = callId(m);
            Lease lease = find(callId, load);
            if (lease != null) {
                leases.repeated(lease);
            } else {
                // Not picked just now: it follows one that was, or its route names the backend.
                load.callBegan();
                leases.begin(callId, load);
            }
        } else if (m.method() == Method.CANCEL) {
            Lease lease = find(load, m);
            if (lease != null) {
                leases.extend(lease, CallLeases.CANCELLED_SECONDS);
            }
        } else {
            requestInCall(load, m);
        }
    }

    private void requestInCall(BackendLoad load, SipMessage m) {
        boolean bye = m.method() == Method.BYE;
        boolean refreshes = (m.method() == Method.INVITE || m.method() == Method.UPDATE)
                && m.toTag().isPresent();
        Lease lease = bye || refreshes ? find(load, m) : null;
        if (lease == null) {
            return;
        }
        if (bye) {
            leases.end(lease);
        } else {
            leases.renew(lease, sessionSeconds(m));
        }
    }

    private void responseInCall(BackendLoad load, SipMessage m) {
        boolean invite = m.cseqMethod() == Method.INVITE;
        int status = m.statusCode();
        if (!invite && !(m.cseqMethod() == Method.UPDATE && status >= 200 && status < 300)) {
            return;
        }
        Lease lease = find(load, m);
        if (lease == null) {
            return;
        }
        if (!invite) {
            leases.renew(lease, sessionSeconds(m));
        } else if (status < 200) {
            leases.extend(lease, CallLeases.RINGING_SECONDS);
        } else if (status < 300) {
            leases.confirm(lease, sessionSeconds(m));
        } else if (status == 401 || status == 407) {
            leases.extend(lease, CallLeases.CHALLENGED_SECONDS);
        } else {
            leases.endPending(lease);
        }
    }

    private long callId(SipMessage m) {
        Span callId = m.callId();
        return hash.hash(m.bytes(), callId.start(), callId.end());
    }

    private @Nullable Lease find(BackendLoad load, SipMessage m) {
        return leases.isEmpty() ? null : find(callId(m), load);
    }

    private @Nullable Lease find(long callId, BackendLoad load) {
        probe.set(CallKey.of(callId, load.identity()));
        return leases.find(probe);
    }

    /** One transaction at one backend: Call-ID, CSeq and backend; two of one call have different numbers or methods. */
    private long requestKey(BackendLoad load, SipMessage m) {
        long cseq = m.cseqNumber() << 8 | m.cseqMethod().ordinal();
        return CallKey.of(callId(m) ^ cseq * 0xBF58_476D_1CE4_E5B9L, load.identity());
    }

    /** The interval in Session-Expires (RFC 4028 section 4), or 0 when there is none. */
    static int sessionSeconds(SipMessage m) {
        int header = m.first(HeaderId.SESSION_EXPIRES);
        if (header < 0) {
            return 0;
        }
        int seconds = 0;
        int end = Math.min(m.valueEnd(header), m.valueStart(header) + MOST_DIGITS);
        for (int i = m.valueStart(header); i < end; i++) {
            int digit = m.bytes()[i] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            seconds = 10 * seconds + digit;
        }
        return seconds;
    }
}
