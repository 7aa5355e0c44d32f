package org.strowger.proxy.demo;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.strowger.threading.RunsOn;

/** Cuts a TCP stream into the text of messages by Content-Length; answers CRLF keep-alives (RFC 5626 section 3.5.1). */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class DemoFraming extends ByteToMessageDecoder {
    private static final Pattern LENGTH = Pattern.compile("(?im)^(?:content-length|l)[ \t]*:[ \t]*(\\d{1,6})[ \t]*$");
    private static final int MAX_BYTES = 65_536;

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        String text = in.toString(StandardCharsets.ISO_8859_1);
        if (text.startsWith("\r\n\r\n")) {
            in.skipBytes(4);
            var unused = context.writeAndFlush(
                    context.alloc().buffer(2).writeBytes(new byte[] {'\r', '\n'}), context.voidPromise());
            return;
        }
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            if (text.length() > MAX_BYTES) {
                close(context, in);
            }
            return;
        }
        Matcher matcher = LENGTH.matcher(text.substring(0, end + 2));
        if (!matcher.find()) {
            close(context, in);
            return;
        }
        int whole = end + 4 + Integer.parseInt(matcher.group(1));
        if (in.readableBytes() >= whole) {
            out.add(in.readCharSequence(whole, StandardCharsets.UTF_8).toString());
        }
    }

    private static void close(ChannelHandlerContext context, ByteBuf in) {
        in.skipBytes(in.readableBytes());
        var unused = context.close();
    }
}
