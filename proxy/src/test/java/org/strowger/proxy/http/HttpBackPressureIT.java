package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who does not read holds up who sends, and costs no memory. */
@Timeout(60)
class HttpBackPressureIT extends HttpFixture {
    @Test
    void aSlowReaderHoldsTheBackendNotTheMemory() throws Exception {
        long size = 64L << 20;
        CountDownLatch written = new CountDownLatch(1);
        HttpSetup setup = proxy(backend((head, in, out) -> {
            PlainBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            byte[] block = new byte[1 << 16];
            for (long sent = 0; sent < size; sent += block.length) {
                out.write(block);
            }
            written.countDown();
            return true;
        }));
        Talk talk = talk(setup).get("/");
        assertThat(PlainBackend.head(talk.in)).contains("Content-Length: " + size);
        // Kernel buffers of two connections take some megabytes; the rest must wait at the backend.
        assertThat(written.await(1, TimeUnit.SECONDS)).isFalse();
        long pending = memory();
        assertThat(pending).isLessThan(16L << 20);

        assertThat(skip(talk.in, size)).isEqualTo(size);
        assertThat(written.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(talk.get("/secret").read().status()).isEqualTo(403);
    }

    @Test
    void aSlowBackendHoldsTheClientNotTheMemory() throws Exception {
        long size = 64L << 20;
        CountDownLatch go = new CountDownLatch(1);
        HttpSetup setup = proxy(backend((head, in, out) -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            PlainBackend.write(out, skip(in, size) == size ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" : "");
            return true;
        }));
        Talk talk = talk(setup).send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
        CountDownLatch sent = new CountDownLatch(1);
        Thread writer = new Thread(() -> {
            try {
                byte[] block = new byte[1 << 16];
                for (long at = 0; at < size; at += block.length) {
                    talk.out.write(block);
                }
                sent.countDown();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        writer.start();

        assertThat(sent.await(1, TimeUnit.SECONDS)).isFalse();
        assertThat(memory()).isLessThan(16L << 20);
        go.countDown();
        assertThat(talk.read().status()).isEqualTo(200);
        writer.join();
    }

    private static long memory() {
        return ((io.netty.buffer.ByteBufAllocatorMetricProvider) io.netty.buffer.ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private static long skip(InputStream in, long size) throws IOException {
        byte[] block = new byte[1 << 16];
        long read = 0;
        while (read < size) {
            int n = in.read(block, 0, (int) Math.min(block.length, size - read));
            if (n < 0) {
                return read;
            }
            read += n;
        }
        return read;
    }
}
