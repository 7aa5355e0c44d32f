package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a reader makes of bytes, written down. */
final class Recorded implements Http1Reader.Sink {
    static final HeadLimits LIMITS = new HeadLimits(200, 2000, 20);

    final List<RequestHead> heads = new ArrayList<>();
    final StringBuilder body = new StringBuilder();
    final List<HttpHeaders> ends = new ArrayList<>();
    Optional<HttpFault> fault = Optional.empty();
    final Http1Reader reader = new Http1Reader(LIMITS, new RequestGrammar(heads::add), this);

    /** In one piece. */
    static Recorded of(String text) {
        return inPieces(text, Integer.MAX_VALUE);
    }

    /** In pieces of so many bytes; each message is followed by the next one at once. */
    static Recorded inPieces(String text, int size) {
        Recorded recorded = new Recorded();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuf in = Unpooled.buffer();
        try {
            for (int at = 0; at < bytes.length; at += size) {
                in.writeBytes(bytes, at, Math.min(size, bytes.length - at));
                int before;
                do {
                    before = in.readableBytes();
                    recorded.reader.read(in);
                    recorded.reader.next();
                } while (in.isReadable() && in.readableBytes() < before);
            }
        } finally {
            in.release();
        }
        return recorded;
    }

    @Override
    public void body(ByteBuf part) {
        body.append(part.toString(StandardCharsets.ISO_8859_1));
        part.release();
    }

    @Override
    public void end(HttpHeaders trailers) {
        ends.add(trailers);
    }

    @Override
    public void broken(HttpFault why) {
        fault = Optional.of(why);
    }

    String summary() {
        return heads + "|" + body + "|"
                + ends.stream().map(HttpHeaders::entries).toList() + "|" + fault;
    }
}
