package org.strowger.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/** The order of hops: RFC 2782 by the hash of the transaction. */
class LocationTest {
    private static final int DRAWS = 100_000;

    @Test
    void sharesFollowTheWeights() {
        List<Server> servers = List.of(server(1, 10, "a", 1), server(1, 30, "b", 2), server(1, 60, "c", 3));
        double[] first = new double[4];
        double[] secondAfterC = new double[4];
        Location location = Location.found(servers, 60);
        Random random = new Random(1);
        for (int i = 0; i < DRAWS; i++) {
            List<Hop> order = location.order(random.nextLong());
            first[last(order.get(0))]++;
            if (last(order.get(0)) == 3) {
                secondAfterC[last(order.get(1))]++;
            }
        }
        // A number of 0..100 inclusive: 11, 30 and 60 of its 101 values. The standard deviation of a share p after n
        // draws is sqrt(p(1-p)/n), at most 0.0016 here; five of them are 0.008.
        assertThat(first[1] / DRAWS).isEqualTo(11 / 101.0, within(0.008));
        assertThat(first[2] / DRAWS).isEqualTo(30 / 101.0, within(0.008));
        assertThat(first[3] / DRAWS).isEqualTo(60 / 101.0, within(0.008));
        // With c gone, 0..40: 11 and 30 of 41; n is 59,400, so five deviations are 0.0092.
        assertThat(secondAfterC[1] / first[3]).isEqualTo(11 / 41.0, within(0.0092));
    }

    @Test
    void weightsOfZeroShareTheSmallChanceThatTheyHave() {
        Location location =
                Location.found(List.of(server(1, 0, "a", 1), server(1, 0, "b", 2), server(1, 9, "c", 3)), 60);
        double[] first = shares(location);
        // 0 of 0..9 for a and b together; five deviations of 0.05 are 0.0035, of 0.9 0.0048.
        assertThat(first[1]).isEqualTo(0.05, within(0.0035));
        assertThat(first[2]).isEqualTo(0.05, within(0.0035));
        assertThat(first[3]).isEqualTo(0.9, within(0.0048));
    }

    @Test
    void weightsOfZeroOnlyAndAddressesOfOneNameAreSharedEvenly() {
        double[] zeros = shares(Location.found(List.of(server(1, 0, "a", 1), server(1, 0, "b", 2)), 60));
        assertThat(zeros[1]).isEqualTo(0.5, within(0.008));
        double[] addresses = shares(Location.found(List.of(server(1, 1, "a", 1, 2)), 60));
        assertThat(addresses[1]).isEqualTo(0.5, within(0.008));
        double[] both = shares(Location.found(List.of(server(1, 1, "a", 1, 2), server(1, 1, "b", 3, 4)), 60));
        // 0..2: a has two values of three; its two addresses share them, whatever the server was drawn by.
        assertThat(both[1]).isEqualTo(1 / 3.0, within(0.008));
        assertThat(both[4]).isEqualTo(1 / 6.0, within(0.008));
    }

    @Test
    void lowerPriorityAlwaysComesFirst() {
        Location location = Location.found(List.of(server(2, 60_000, "a", 1), server(1, 0, "b", 2)), 60);
        assertThat(shares(location)[2]).isEqualTo(1, within(1e-6));
    }

    @Test
    void oneTransactionAlwaysMeetsTheSameHopWhateverTheOrderOfTheRecords() {
        Random random = new Random(2);
        for (int round = 0; round < 500; round++) {
            List<Server> servers = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                servers.add(server(random.nextInt(2), random.nextInt(3), "s" + i, 10 * i, 10 * i + 1, 10 * i + 2));
            }
            long hash = random.nextLong();
            Location one = Location.found(servers, 60);
            Collections.shuffle(servers, random);
            Location other = Location.found(servers, 5);
            assertThat(other.order(hash)).isEqualTo(one.order(hash)).hasSize(3 * servers.size());
            assertThat(other.first(hash)).isEqualTo(one.order(hash).get(0));
        }
    }

    private static double[] shares(Location location) {
        double[] first = new double[5];
        Random random = new Random(3);
        for (int i = 0; i < DRAWS; i++) {
            first[last(location.first(random.nextLong()))] += 1.0 / DRAWS;
        }
        return first;
    }

    private static int last(Hop hop) {
        return hop.address().getAddress().getAddress()[3];
    }

    private static Server server(int priority, int weight, String name, int... lastOctets) {
        List<InetAddress> addresses = new ArrayList<>();
        for (int octet : lastOctets) {
            addresses.add(NetUtil.createInetAddressFromIpAddressString("192.0.2." + octet));
        }
        Collections.reverse(addresses);
        return new Server(Transport.UDP, priority, weight, name, 5060, addresses);
    }
}
