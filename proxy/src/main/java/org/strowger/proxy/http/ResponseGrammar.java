package org.strowger.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** Reads responses of HTTP/1.0 and 1.1. What a request decides about them is to be said before each. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ResponseGrammar implements Http1Reader.Grammar {
    private final Consumer<ResponseHead> heads;
    private boolean toHead;
    private boolean toUpgrade;
    private boolean isOld;
    private int status;
    private String reason = "";

    ResponseGrammar(Consumer<ResponseHead> heads) {
        this.heads = heads;
    }

    /** The next response answers this one. */
    void answers(RequestHead request) {
        toHead = request.isHead();
        toUpgrade = request.kind() == RequestHead.Kind.WEBSOCKET;
    }

    @Override
    public @Nullable HttpFault startLine(String line) {
        boolean good = line.length() >= 12
                && line.startsWith("HTTP/1.")
                && (line.charAt(7) == '0' || line.charAt(7) == '1')
                && line.charAt(8) == ' '
                && (line.length() == 12 || line.charAt(12) == ' ');
        long code = good ? FieldSyntax.length(line.substring(9, 12)) : -1;
        if (code < 100 || code > 599 || !FieldSyntax.isValue(line)) {
            return HttpFault.BAD_START_LINE;
        }
        isOld = line.charAt(7) == '0';
        status = (int) code;
        reason = line.length() > 13 ? line.substring(13) : "";
        return null;
    }

    @Override
    public HeadVerdict head(HttpHeaders fields) {
        List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        List<String> lengths = fields.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (!codings.isEmpty() && !lengths.isEmpty()) {
            return HttpFault.LENGTH_AND_CODING;
        }
        // Section 6.3 of RFC 9112 lets the same length be said twice in a response.
        long length = new HashSet<>(lengths).size() == 1 ? FieldSyntax.length(lengths.get(0)) : -1;
        if (length < 0 && !lengths.isEmpty()) {
            return HttpFault.BAD_LENGTH;
        }
        HeadVerdict framing = framing(codings, length);
        if (framing instanceof BodyFraming body) {
            List<String> options = FieldSyntax.list(fields, HttpHeaderNames.CONNECTION);
            boolean last = options.contains("close")
                    || (isOld && !options.contains("keep-alive"))
                    || body.kind() == BodyFraming.Kind.UNTIL_CLOSE;
            fields.remove(HttpHeaderNames.TRANSFER_ENCODING);
            fields.remove(HttpHeaderNames.CONTENT_LENGTH);
            // Section 8.6 of RFC 9110: a 204 says none, and clients of HTTP/2 reset the stream of one that does.
            long said = status == 204 ? -1 : length;
            heads.accept(new ResponseHead(status, reason, fields, body, said, last));
        }
        return framing;
    }

    private HeadVerdict framing(List<String> codings, long length) {
        if (status == 101) {
            return toUpgrade ? BodyFraming.TUNNEL : HttpFault.BAD_UPGRADE;
        }
        if (status < 200) {
            return BodyFraming.INTERIM;
        }
        if (toHead || status == 204 || status == 304) {
            return BodyFraming.NONE;
        }
        if (!codings.isEmpty()) {
            boolean chunked = codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked") && !isOld;
            return chunked ? BodyFraming.CHUNKED : HttpFault.BAD_CODING;
        }
        return length < 0 ? BodyFraming.UNTIL_CLOSE : BodyFraming.ofLength(length);
    }
}
