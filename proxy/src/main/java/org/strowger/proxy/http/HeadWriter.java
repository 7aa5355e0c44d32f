package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/** Writes messages of HTTP/1.1: the bytes of heads and of chunks. */
final class HeadWriter {
    private static final ByteBuf CHUNK_END = Unpooled.unreleasableBuffer(
                    Unpooled.copiedBuffer("\r\n", StandardCharsets.US_ASCII))
            .asReadOnly();

    private HeadWriter() {}

    static ByteBuf request(RequestHead request, HttpHeaders fields, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(512);
        ascii(out, request.method());
        out.writeByte(' ');
        ascii(out, request.target());
        ascii(out, " HTTP/1.1\r\n");
        fields(out, fields);
        if (request.framing().kind() == BodyFraming.Kind.CHUNKED) {
            ascii(out, "Transfer-Encoding: chunked\r\n");
        } else if (request.framing().hasBody() || isUsualWithBody(request.method())) {
            ascii(out, "Content-Length: " + request.framing().length() + "\r\n");
        }
        return end(out);
    }

    /** A handshake as it was understood, and the bytes that came after it, which are released. */
    static ByteBuf again(RequestHead head, ByteBuf rest, ByteBufAllocator allocator) {
        head.fields().set("Host", head.authority());
        ByteBuf out = request(head, head.fields(), allocator).writeBytes(rest);
        rest.release();
        return out;
    }

    /** RFC 9110 section 8.6: such a request without a body says so. */
    private static boolean isUsualWithBody(String method) {
        return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
    }

    /** A status line and fields; what the framing needs is among them. */
    static ByteBuf response(int status, String reason, HttpHeaders fields, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(512);
        ascii(out, "HTTP/1.1 " + status + " " + reason + "\r\n");
        fields(out, fields);
        return end(out);
    }

    static ByteBuf chunkStart(int length, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(16);
        ascii(out, Integer.toHexString(length));
        ascii(out, "\r\n");
        return out;
    }

    static ByteBuf chunkEnd() {
        return CHUNK_END.duplicate();
    }

    static ByteBuf lastChunk(HttpHeaders trailers, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(16);
        ascii(out, "0\r\n");
        fields(out, trailers);
        return end(out);
    }

    private static void fields(ByteBuf out, HttpHeaders fields) {
        fields.forEach(field -> {
            ascii(out, field.getKey());
            ascii(out, ": ");
            ascii(out, field.getValue());
            ascii(out, "\r\n");
        });
    }

    private static ByteBuf end(ByteBuf out) {
        return out.writeByte('\r').writeByte('\n');
    }

    /** One byte for each character, of which none is above 255. */
    private static void ascii(ByteBuf out, String text) {
        ByteBufUtil.writeAscii(out, text);
    }
}
