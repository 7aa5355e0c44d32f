package org.strowger.proxy.admin;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import java.util.Optional;
import org.strowger.proxy.control.Caller;

/**
 * Keeps web pages out of an admin address that asks for no token: whatever a browser of this machine has open could send
 * requests to it. A page of another origin cannot send JSON without being allowed to, and one whose name was made to
 * point here (DNS rebinding) shows in Host.
 */
final class ApiGate {
    /** The request header by which a caller says who he is. */
    static final String OPERATOR = "Strowger-Operator";

    private ApiGate() {}

    /** Why this request of nobody in particular is refused, or nothing. */
    static Optional<AdminAnswer> refusal(FullHttpRequest request) {
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        if (!isLoopback(host)) {
            return Optional.of(AdminAnswer.error(
                    403,
                    "Host",
                    host + " (expected: localhost or a loopback address, as long as there is no admin.token)"));
        }
        String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
        boolean reads =
                request.method().name().equals("GET") || request.method().name().equals("HEAD");
        if (!reads && !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            return Optional.of(AdminAnswer.error(
                    415, "Content-Type", (type.isEmpty() ? "missing" : type) + " (expected: application/json)"));
        }
        return Optional.empty();
    }

    private static boolean isLoopback(String host) {
        int colon = host.startsWith("[") ? host.indexOf("]:") + 1 : host.indexOf(':');
        String name = colon > 0 ? host.substring(0, colon) : host;
        return name.equalsIgnoreCase("localhost")
                || name.equals("[::1]")
                || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /** Who sent the request, by his own account, and from where. */
    static Caller caller(FullHttpRequest request, SocketAddress remote, boolean withToken) {
        String from = remote instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress() + ":" + address.getPort()
                : "-";
        return new Caller(request.headers().get(OPERATOR, withToken ? "token" : "anyone"), from);
    }
}
