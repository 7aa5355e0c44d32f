package org.strowger.proxy.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import org.strowger.threading.RunsOn;

/**
 * Netty's epoll without a fault that 4.2.18 has since its change 16689: a socket that waits for nothing is taken out of the
 * epoll set, but it is not put back when it waits for something again. {@code epoll_ctl} fails then, and the connection is
 * closed with what it still had to send. That happens to every half-closed connection whose peer reads slowly.
 *
 * <p>Here such a socket is registered anew. To be removed when Netty's own handler does that.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class LastingEpoll implements IoHandler {
    private final IoHandler epoll;

    private LastingEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory newFactory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return executor -> new LastingEpoll(factory.newHandler(executor));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Lasting(handle, epoll.register(handle));
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    /** A registration that may be made again under the hood. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Lasting implements IoRegistration {
        private final IoHandle handle;
        /** Replaced on the event loop only; whoever looks from elsewhere asks whether it is valid. */
        private volatile IoRegistration present;

        private boolean removed;

        Lasting(IoHandle handle, IoRegistration first) {
            this.handle = handle;
            this.present = first;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty has it
        public <T> T attachment() {
            return present.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            boolean nothing = ops instanceof EpollIoOps wanted && wanted.value() == EpollIoOps.NONE.value();
            if (removed && !nothing && present.isValid()) {
                present.cancel();
                present = again();
            }
            if (nothing && removed) {
                return 0;
            }
            removed = nothing;
            return present.submit(ops);
        }

        private IoRegistration again() {
            try {
                return epoll.register(handle);
            } catch (Exception e) {
                throw new IllegalStateException("a socket that was registered cannot be registered again", e);
            }
        }

        @Override
        public boolean isValid() {
            return present.isValid();
        }

        @Override
        public boolean cancel() {
            return present.cancel();
        }
    }
}
