package org.strowger.proxy.routing;

import java.util.List;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** All backends of a snapshot, found by identity or by address without allocation. Immutable; open addressing. */
@RunsOn(RunsOn.Runner.ANY)
final class TargetIndex {
    private final Target[] byIdentity;
    private final Target[] byAddress;
    private final Target[] byHost;
    private final int mask;

    TargetIndex(List<Target> targets) {
        int size = Integer.highestOneBit(Math.max(4, targets.size() * 4));
        mask = size - 1;
        byIdentity = new Target[size];
        byAddress = new Target[size];
        byHost = new Target[size];
        for (Target target : targets) {
            put(byIdentity, mix(target.identity()), target);
            put(byAddress, target.address().hash(), target);
            put(byHost, hostHash(target.address()), target);
        }
    }

    private void put(Target[] table, long hash, Target target) {
        int slot = (int) hash & mask;
        while (table[slot] != null) {
            slot = (slot + 1) & mask;
        }
        table[slot] = target;
    }

    Target byIdentity(long identity) {
        int slot = (int) mix(identity) & mask;
        for (Target t = byIdentity[slot]; t != null; t = byIdentity[slot]) {
            if (t.identity() == identity) {
                return t;
            }
            slot = (slot + 1) & mask;
        }
        return Target.NONE;
    }

    /** The backend at this address and transport, else one at this address over another transport, else none. */
    Target byAddress(IpPort address, Transport transport) {
        Target other = Target.NONE;
        int slot = (int) address.hash() & mask;
        for (Target t = byAddress[slot]; t != null; t = byAddress[slot]) {
            if (t.address().same(address)) {
                if (t.transport() == transport) {
                    return t;
                }
                other = t;
            }
            slot = (slot + 1) & mask;
        }
        return other;
    }

    /** Some backend on this host, whatever its port. */
    Target byHost(IpPort address) {
        int slot = (int) hostHash(address) & mask;
        for (Target t = byHost[slot]; t != null; t = byHost[slot]) {
            if (t.address().sameAddress(address)) {
                return t;
            }
            slot = (slot + 1) & mask;
        }
        return Target.NONE;
    }

    private static long hostHash(IpPort address) {
        return mix(address.low() ^ Long.rotateLeft(address.high(), 17));
    }

    private static long mix(long x) {
        long h = x * 0x9E37_79B9_7F4A_7C15L;
        return h ^ (h >>> 32);
    }
}
