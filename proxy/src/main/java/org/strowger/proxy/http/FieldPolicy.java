package org.strowger.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of header fields on their way through: what belongs to one connection stays there (RFC 9110 section 7.6.1),
 * what tells of the client is set, everything else passes.
 */
final class FieldPolicy {
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            // A CGI program takes it for a setting of its own ("httpoxy").
            "proxy");

    /** A client may not have these taken out by naming them in Connection: others rely on them. */
    private static final Set<String> NOT_NOMINABLE = Set.of(
            "host",
            "content-length",
            "content-type",
            "content-encoding",
            "authorization",
            "cookie",
            "set-cookie",
            "cache-control",
            "origin",
            "via",
            "sec-websocket-key",
            "sec-websocket-version",
            "sec-websocket-protocol",
            "sec-websocket-accept");

    /** What trailers may not say (RFC 9110 section 6.5.1). */
    private static final Set<String> NOT_TRAILING = Set.of(
            "content-length",
            "host",
            "authorization",
            "cookie",
            "set-cookie",
            "content-type",
            "content-encoding",
            "content-range",
            "cache-control",
            "expect",
            "max-forwards",
            "trailer",
            "forwarded");

    private static final String VIA_NAME = "strowger";
    /** So often may a request pass through programs like this. */
    private static final int MAX_VIAS = 8;

    private FieldPolicy() {}

    /** The fields for the backend, but for those of the framing. */
    static HttpHeaders toBackend(RequestHead request, Visitor visitor, HttpOptions options) {
        HttpHeaders out = FieldSyntax.fields();
        out.add("Host", request.authority());
        passEndToEnd(request.fields(), out);
        if (request.kind() == RequestHead.Kind.WEBSOCKET) {
            out.set("Connection", "Upgrade");
            out.set("Upgrade", "websocket");
        }
        boolean trusted = options.trusted().stream().anyMatch(range -> range.contains(visitor.source()));
        forwardedFor(request, visitor, trusted, options.forwarded(), out);
        String via = request.version().text() + " " + VIA_NAME;
        List<String> before = out.getAll(HttpHeaderNames.VIA);
        out.set("Via", before.isEmpty() ? via : String.join(", ", before) + ", " + via);
        return out;
    }

    /** True when a request has passed through programs like this again and again. */
    static boolean isLoop(HttpHeaders fields) {
        return FieldSyntax.list(fields, HttpHeaderNames.VIA).stream()
                        .filter(hop -> hop.endsWith(" " + VIA_NAME))
                        .count()
                >= MAX_VIAS;
    }

    private static void forwardedFor(
            RequestHead request, Visitor visitor, boolean trusted, HttpOptions.Forwarded kind, HttpHeaders out) {
        String address = visitor.address();
        String scheme = visitor.security().scheme();
        String before = trusted ? String.join(", ", out.getAll("X-Forwarded-For")) : "";
        String standardBefore = trusted ? String.join(", ", out.getAll("Forwarded")) : "";
        Map<String, String> says = Map.of(
                "X-Forwarded-Proto", scheme,
                "X-Forwarded-Host", request.authority(),
                "X-Forwarded-Port", Integer.toString(visitor.port()));
        if (!trusted) {
            // A stranger may not speak in our name, not even in the letters that some backends take for the same.
            out.names().stream().filter(FieldPolicy::tellsOfClient).toList().forEach(out::remove);
        }
        if (kind.hasX()) {
            out.set("X-Forwarded-For", before.isEmpty() ? address : before + ", " + address);
            says.forEach((name, value) -> {
                if (!out.contains(name)) {
                    out.set(name, value);
                }
            });
        }
        if (kind.hasStandard()) {
            String host = request.authority().isEmpty() ? "" : ";host=\"" + request.authority() + '"';
            String node = visitor.source().isIpv4() ? address : "\"[" + address + "]\"";
            String element = "for=" + node + host + ";proto=" + scheme;
            out.set("Forwarded", standardBefore.isEmpty() ? element : standardBefore + ", " + element);
        }
    }

    private static boolean tellsOfClient(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return plain.startsWith("x-forwarded-") || plain.equals("forwarded") || plain.equals("x-real-ip");
    }

    /** The fields for the client, but for those of the framing. */
    static HttpHeaders toClient(ResponseHead response) {
        HttpHeaders out = FieldSyntax.fields();
        passEndToEnd(response.fields(), out);
        return out;
    }

    /** What may follow a body. */
    static HttpHeaders trailers(HttpHeaders fields) {
        if (fields.isEmpty()) {
            return fields;
        }
        HttpHeaders out = FieldSyntax.fields();
        fields.forEach(field -> {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !NOT_TRAILING.contains(name) && !tellsOfClient(name)) {
                out.add(field.getKey(), field.getValue());
            }
        });
        return out;
    }

    private static void passEndToEnd(HttpHeaders in, HttpHeaders out) {
        Set<String> nominated = new HashSet<>(FieldSyntax.list(in, HttpHeaderNames.CONNECTION));
        nominated.removeIf(name -> NOT_NOMINABLE.contains(name) || tellsOfClient(name));
        in.forEach(field -> {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !nominated.contains(name)) {
                out.add(field.getKey(), field.getValue());
            }
        });
    }
}
