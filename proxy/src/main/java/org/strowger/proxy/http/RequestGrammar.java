package org.strowger.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** Reads requests of HTTP/1.0 and 1.1, strictly (RFC 9112). */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class RequestGrammar implements Http1Reader.Grammar {
    private static final int MAX_METHOD = 32;

    private final Consumer<RequestHead> heads;
    private String method = "";
    private String target = "";
    private String authority = "";
    private RequestHead.Version version = RequestHead.Version.HTTP_1_1;

    RequestGrammar(Consumer<RequestHead> heads) {
        this.heads = heads;
    }

    @Override
    public @Nullable HttpFault startLine(String line) {
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first <= 0 || last == first || line.indexOf(' ', first + 1) != last) {
            return HttpFault.BAD_START_LINE;
        }
        method = line.substring(0, first);
        target = line.substring(first + 1, last);
        if (method.length() > MAX_METHOD || !FieldSyntax.isToken(method)) {
            return HttpFault.BAD_START_LINE;
        }
        HttpFault fault = version(line.substring(last + 1));
        return fault != null ? fault : target();
    }

    private @Nullable HttpFault version(String text) {
        switch (text) {
            case "HTTP/1.1" -> version = RequestHead.Version.HTTP_1_1;
            case "HTTP/1.0" -> version = RequestHead.Version.HTTP_1_0;
            default -> {
                return text.matches("HTTP/[0-9]\\.[0-9]") ? HttpFault.BAD_VERSION : HttpFault.BAD_START_LINE;
            }
        }
        return null;
    }

    private @Nullable HttpFault target() {
        authority = "";
        if (!RequestTarget.isGood(target)) {
            return HttpFault.BAD_TARGET;
        }
        if (method.equals("CONNECT")) {
            return HttpFault.METHOD_NOT_ALLOWED;
        }
        if (target.startsWith("/")) {
            return null;
        }
        if (target.equals("*")) {
            return method.equals("OPTIONS") ? null : HttpFault.BAD_TARGET;
        }
        return absolute();
    }

    /** Section 3.2.2: the target's host goes before Host. */
    private @Nullable HttpFault absolute() {
        int scheme = target.indexOf("://");
        String name = scheme < 0 ? "" : target.substring(0, scheme);
        if (!name.equalsIgnoreCase("http") && !name.equalsIgnoreCase("https")) {
            return HttpFault.BAD_TARGET;
        }
        int start = scheme + 3;
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        authority = target.substring(start, end);
        if (!RequestTarget.isAuthority(authority)) {
            return HttpFault.BAD_TARGET;
        }
        String rest = target.substring(end);
        target = rest.startsWith("/") ? rest : "/" + rest;
        return null;
    }

    @Override
    public HeadVerdict head(HttpHeaders fields) {
        HttpFault badHost = host(fields);
        if (badHost != null) {
            return badHost;
        }
        HeadVerdict framing = framing(fields);
        if (!(framing instanceof BodyFraming body)) {
            return framing;
        }
        List<String> expected = FieldSyntax.list(fields, HttpHeaderNames.EXPECT);
        if (!expected.isEmpty() && !expected.equals(List.of("100-continue"))) {
            return HttpFault.BAD_EXPECTATION;
        }
        boolean upgrades = isWebSocket(fields);
        if (upgrades && !isHandshake(fields, body)) {
            return HttpFault.BAD_UPGRADE;
        }
        fields.remove(HttpHeaderNames.CONTENT_LENGTH);
        fields.remove(HttpHeaderNames.TRANSFER_ENCODING);
        heads.accept(new RequestHead(
                version,
                method,
                target,
                authority,
                fields,
                body,
                upgrades ? RequestHead.Kind.WEBSOCKET : RequestHead.Kind.PLAIN));
        return body;
    }

    private @Nullable HttpFault host(HttpHeaders fields) {
        List<String> hosts = fields.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && version == RequestHead.Version.HTTP_1_1)) {
            return HttpFault.BAD_HOST;
        }
        if (hosts.isEmpty()) {
            return null;
        }
        String host = hosts.get(0);
        if (!RequestTarget.isAuthority(host)) {
            return HttpFault.BAD_HOST;
        }
        authority = authority.isEmpty() ? host : authority;
        fields.remove(HttpHeaderNames.HOST);
        return null;
    }

    private HeadVerdict framing(HttpHeaders fields) {
        List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        List<String> lengths = fields.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (!codings.isEmpty() && !lengths.isEmpty()) {
            return HttpFault.LENGTH_AND_CODING;
        }
        if (!codings.isEmpty()) {
            boolean chunked = codings.size() == 1
                    && codings.get(0).equalsIgnoreCase("chunked")
                    && version == RequestHead.Version.HTTP_1_1;
            return chunked ? BodyFraming.CHUNKED : HttpFault.BAD_CODING;
        }
        if (lengths.isEmpty()) {
            return BodyFraming.NONE;
        }
        long length = lengths.size() == 1 ? FieldSyntax.length(lengths.get(0)) : -1;
        if (length < 0) {
            return HttpFault.BAD_LENGTH;
        }
        return BodyFraming.ofLength(length);
    }

    private boolean isWebSocket(HttpHeaders fields) {
        return version == RequestHead.Version.HTTP_1_1
                && FieldSyntax.list(fields, HttpHeaderNames.UPGRADE).equals(List.of("websocket"))
                && FieldSyntax.list(fields, HttpHeaderNames.CONNECTION).contains("upgrade");
    }

    private boolean isHandshake(HttpHeaders fields, BodyFraming body) {
        return method.equals("GET")
                && !body.hasBody()
                && fields.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY).size() == 1;
    }
}
