package org.strowger.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the head of a request of HTTP/2 as one of HTTP/1.1 would say it: with the same checks, for it becomes one. */
final class Http2Request {
    private static final Set<String> NOT_IN_HTTP_2 =
            Set.of("connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade");

    private Http2Request() {}

    /** What was read, or why not. */
    sealed interface Result {
        /** A request. */
        record Good(RequestHead head) implements Result {}

        /** Something else. */
        record Bad(HttpFault fault) implements Result {}
    }

    static Result read(Http2Headers headers, boolean endOfStream, int maxFields, int maxTarget) {
        String method = text(headers.method());
        String target = text(headers.path());
        boolean connect = method.equals("CONNECT");
        HttpFault unfit =
                line(method, text(headers.get(Http2Headers.PseudoHeaderName.PROTOCOL.value())), target, maxTarget);
        if (unfit != null) {
            return bad(unfit);
        }
        HttpHeaders fields = FieldSyntax.fields();
        HttpFault fault = fields(headers, maxFields, fields);
        if (fault != null) {
            return bad(fault);
        }
        String authority = text(headers.authority());
        List<String> hosts = fields.getAll("Host");
        boolean contradicted = hosts.size() > 1
                || (hosts.size() == 1 && !authority.isEmpty() && !authority.equalsIgnoreCase(hosts.get(0)));
        authority = authority.isEmpty() && !hosts.isEmpty() ? hosts.get(0) : authority;
        if (contradicted || !RequestTarget.isAuthority(authority)) {
            return bad(HttpFault.BAD_HOST);
        }
        fields.remove("Host");
        List<String> lengths = fields.getAll("Content-Length");
        BodyFraming framing = framing(lengths, endOfStream);
        if (framing.length() < 0 || (connect && endOfStream)) {
            return bad(connect ? HttpFault.BAD_UPGRADE : HttpFault.BAD_LENGTH);
        }
        fields.remove("Content-Length");
        return new Result.Good(new RequestHead(
                RequestHead.Version.HTTP_2,
                connect ? "GET" : method,
                target,
                authority,
                fields,
                connect ? BodyFraming.NONE : framing,
                connect ? RequestHead.Kind.WEBSOCKET : RequestHead.Kind.PLAIN));
    }

    private static @Nullable HttpFault line(String method, String protocol, String target, int maxTarget) {
        boolean connect = method.equals("CONNECT");
        if (!FieldSyntax.isToken(method)) {
            return HttpFault.BAD_START_LINE;
        }
        if (connect != !protocol.isEmpty() || (connect && !protocol.equals("websocket"))) {
            return connect ? HttpFault.METHOD_NOT_ALLOWED : HttpFault.BAD_UPGRADE;
        }
        if (target.length() > maxTarget) {
            return HttpFault.URI_TOO_LONG;
        }
        boolean asterisk = target.equals("*") && method.equals("OPTIONS");
        boolean good = RequestTarget.isGood(target) && (target.startsWith("/") || asterisk);
        return good ? null : HttpFault.BAD_TARGET;
    }

    private static BodyFraming framing(List<String> lengths, boolean endOfStream) {
        if (lengths.isEmpty()) {
            return endOfStream ? BodyFraming.NONE : BodyFraming.CHUNKED;
        }
        long length = lengths.size() == 1 ? FieldSyntax.length(lengths.get(0)) : -1;
        if (endOfStream && length > 0) {
            length = -1;
        }
        return endOfStream && length == 0 ? BodyFraming.NONE : new BodyFraming(BodyFraming.Kind.LENGTH, length);
    }

    private static @Nullable HttpFault fields(Http2Headers headers, int most, HttpHeaders out) {
        List<String> crumbs = new ArrayList<>();
        int count = 0;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            String name = text(field.getKey());
            String value = text(field.getValue());
            if (name.startsWith(":")) {
                continue;
            }
            if (++count > most) {
                return HttpFault.HEAD_TOO_LARGE;
            }
            if (!FieldSyntax.isToken(name) || !FieldSyntax.isValue(value) || NOT_IN_HTTP_2.contains(name)) {
                return HttpFault.BAD_FIELD;
            }
            if (name.equals("cookie")) {
                // RFC 9113 section 8.2.3.
                crumbs.add(value);
            } else {
                out.add(name, FieldSyntax.trimmed(value, 0));
            }
        }
        if (!crumbs.isEmpty()) {
            out.add("cookie", String.join("; ", crumbs));
        }
        return null;
    }

    private static Result bad(HttpFault fault) {
        return new Result.Bad(fault);
    }

    private static String text(@Nullable CharSequence value) {
        return value == null ? "" : value.toString();
    }
}
