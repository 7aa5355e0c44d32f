package org.strowger.proxy.transport;

import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayList;
import java.util.List;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** The open flows of one event loop by id. Not shared between loops. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class FlowTable {
    /** Stands for every flow that is not there: closed, id 0, swallows what is sent on it. */
    public static final Flow GONE = new GoneFlow();

    private final LongObjectHashMap<StreamFlow> flows = new LongObjectHashMap<>();

    /** The open flow of this id, or {@link #GONE}. */
    public Flow get(long id) {
        StreamFlow flow = flows.get(id);
        return flow == null ? GONE : flow;
    }

    public int size() {
        return flows.size();
    }

    void add(StreamFlow flow) {
        flows.put(flow.id(), flow);
    }

    void remove(StreamFlow flow) {
        flows.remove(flow.id());
    }

    /** A copy, so that flows may be closed while it is walked. */
    List<StreamFlow> all() {
        return new ArrayList<>(flows.values());
    }

    /** A flow that was never there. */
    @RunsOn(RunsOn.Runner.ANY)
    private static final class GoneFlow implements Flow {
        private static final IpPort NOWHERE = new IpPort();

        @Override
        public long id() {
            return 0;
        }

        @Override
        public Transport transport() {
            return Transport.TCP;
        }

        @Override
        public IpPort remote() {
            return NOWHERE;
        }

        @Override
        public IpPort local() {
            return NOWHERE;
        }

        @Override
        public int listener() {
            return OUTBOUND;
        }

        @Override
        public void send(byte[] bytes, int offset, int length) {
            // Whoever asks isOpen() first learns that nobody is there.
        }

        @Override
        public boolean isOpen() {
            return false;
        }

        @Override
        public void close(CloseReason reason) {
            // It is closed.
        }
    }
}
