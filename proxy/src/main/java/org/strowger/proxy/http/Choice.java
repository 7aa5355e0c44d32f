package org.strowger.proxy.http;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Picker;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.StableHash;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.cookie.CookieVerdict;
import org.strowger.threading.RunsOn;

/** Finds a backend for one request: by its cookie, else by the pool's policy; again, without those tried, if need be. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Choice {
    private final HttpLoop loop;
    private final HttpPool pool;
    private final RequestHead request;
    private final Visitor visitor;
    private final BitSet tried = new BitSet();
    private int index = Picker.NONE;
    private boolean isKept;

    Choice(HttpLoop loop, HttpPool pool, RequestHead request, Visitor visitor) {
        this.loop = loop;
        this.pool = pool;
        this.request = request;
        this.visitor = visitor;
    }

    Pool pool() {
        return pool.pool();
    }

    /** A backend has answered, so long after the request. */
    void answered(long nanos) {
        pool.latency().get(loop.number()).record(nanos);
    }

    /** The next backend, or {@link Target#NONE}. */
    Target next() {
        if (index != Picker.NONE) {
            tried.set(index);
        }
        index = tried.isEmpty() ? sticky() : Picker.NONE;
        isKept = index != Picker.NONE;
        if (!isKept) {
            Picker picker = pool().picker();
            long key = key(pool().policy(), request, visitor, loop.random());
            index = Picker.index(tried.isEmpty() ? picker.pick(key) : picker.pickOther(key, tried::get));
        }
        return index == Picker.NONE ? Target.NONE : pool().member(index);
    }

    /** The member that the cookie names, if it may still get what belongs to it. */
    private int sticky() {
        if (pool.stickyCookie().isEmpty()) {
            return Picker.NONE;
        }
        String name = pool.stickyCookie().get().name();
        if (!StickyCookie.isPresent(request.fields(), name)) {
            loop.count(Counter.HTTP_STICKY_NEW);
            return Picker.NONE;
        }
        CookieVerdict verdict = loop.sticky().read(request.fields(), name);
        if (verdict != CookieVerdict.OK && verdict != CookieVerdict.OK_PREVIOUS_KEY) {
            loop.count(Counter.HTTP_STICKY_FORGED);
            return Picker.NONE;
        }
        int member = memberOf(pool(), loop.sticky().backend());
        loop.count(member == Picker.NONE ? Counter.HTTP_STICKY_MOVED : Counter.HTTP_STICKY_KEPT);
        renew = verdict == CookieVerdict.OK_PREVIOUS_KEY;
        return member;
    }

    private boolean renew;

    static int memberOf(Pool pool, long identity) {
        for (int i = 0; i < pool.size(); i++) {
            if (pool.member(i).identity() == identity && pool.keepsDialogs(i)) {
                return i;
            }
        }
        return Picker.NONE;
    }

    /** What the client is to remember, or empty when it knows. */
    String setCookie() {
        if (pool.stickyCookie().isEmpty() || (isKept && !renew)) {
            return "";
        }
        return loop.sticky()
                .make(pool.stickyCookie().get(), pool().member(index).identity(), visitor.security());
    }

    /** What the policy hashes; a new number each time where it hashes nothing. */
    static long key(BalancingPolicy policy, RequestHead request, Visitor visitor, long random) {
        if (policy instanceof BalancingPolicy.SourceIp) {
            return hash(visitor.address());
        }
        if (policy instanceof BalancingPolicy.Header header) {
            return hash(request.fields().get(header.name().toString(), ""));
        }
        return random;
    }

    static long hash(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return StableHash.STANDARD.hash(bytes, 0, bytes.length);
    }
}
