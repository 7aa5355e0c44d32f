package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts the bytes of a connection into SIP messages by Content-Length, which has to be there. */
final class StreamCut extends ByteToMessageDecoder {
    private static final String HEAD_END = "\r\n\r\n";
    private static final Pattern LENGTH = Pattern.compile("(?im)^(?:content-length|l) *: *(\\d+) *\r?$");

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        while (in.isReadable() && (in.getByte(in.readerIndex()) == '\r' || in.getByte(in.readerIndex()) == '\n')) {
            in.skipBytes(1); // keep-alive
        }
        String there = in.toString(ISO_8859_1);
        int headEnd = there.indexOf(HEAD_END);
        if (headEnd < 0) {
            return;
        }
        Matcher length = LENGTH.matcher(there.substring(0, headEnd));
        if (!length.find()) {
            throw new IllegalStateException("a message without Content-Length on a connection: " + there);
        }
        int whole = headEnd + HEAD_END.length() + Integer.parseInt(length.group(1));
        if (there.length() >= whole) {
            out.add(there.substring(0, whole));
            in.skipBytes(whole);
        }
    }
}
