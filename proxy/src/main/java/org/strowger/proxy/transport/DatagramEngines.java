package org.strowger.proxy.transport;

import io.netty.channel.epoll.Epoll;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.threading.RunsOn;

/** Chooses the UDP engine that this machine and JDK can run. */
@RunsOn(RunsOn.Runner.ANY)
public final class DatagramEngines {
    /** Compiled only on a JDK that has {@code java.lang.foreign}, hence looked up by name. */
    static final String NATIVE_ENGINE = "org.strowger.proxy.transport.NativeDatagramEngine";

    private static final int FIRST_JDK_WITH_FOREIGN_MEMORY = 22;

    private static final Logger log = LoggerFactory.getLogger(DatagramEngines.class);

    private DatagramEngines() {}

    /** The fastest engine that works here. Logs which one, and why not the faster one. */
    public static DatagramEngine best() {
        String obstacle = obstacle();
        if (obstacle.isEmpty()) {
            try {
                DatagramEngine engine = nativeEngine();
                log.info("UDP engine: {}", engine.description());
                return engine;
            } catch (ReflectiveOperationException | LinkageError e) {
                obstacle = String.valueOf(e.getCause() == null ? e : e.getCause());
            }
        }
        DatagramEngine engine = netty();
        log.info("UDP engine: {}; recvmmsg/sendmmsg is not available: {}", engine.description(), obstacle);
        return engine;
    }

    /** Datagram channels of Netty: runs everywhere, but ICMP errors are not seen. */
    public static DatagramEngine netty() {
        return new NettyDatagramEngine();
    }

    /** The engine over recvmmsg and sendmmsg. */
    static DatagramEngine nativeEngine() throws ReflectiveOperationException {
        return Class.forName(NATIVE_ENGINE)
                .asSubclass(DatagramEngine.class)
                .getDeclaredConstructor()
                .newInstance();
    }

    private static String obstacle() {
        int jdk = Runtime.version().feature();
        if (jdk < FIRST_JDK_WITH_FOREIGN_MEMORY) {
            return "JDK " + jdk + " (expected: " + FIRST_JDK_WITH_FOREIGN_MEMORY + " or later)";
        }
        return Epoll.isAvailable() ? "" : "epoll: " + Epoll.unavailabilityCause();
    }
}
