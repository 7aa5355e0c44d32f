package org.strowger.proxy.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a client is answered when no backend answers it. */
final class OwnAnswer {
    private OwnAnswer() {}

    /** A head and a body of one line. */
    static void send(ClientEnd client, Optional<RequestHead> request, int status, String text) {
        byte[] line = (status + " " + text + "\n").getBytes(StandardCharsets.US_ASCII);
        HttpHeaders fields = FieldSyntax.fields();
        fields.set("Content-Type", "text/plain; charset=us-ascii");
        fields.set("Cache-Control", "no-store");
        if (status == 503) {
            fields.set("Retry-After", "1");
        }
        boolean toHead = request.filter(RequestHead::isHead).isPresent();
        client.head(new Reply(
                status,
                HttpResponseStatus.valueOf(status).reasonPhrase(),
                fields,
                line.length,
                toHead ? Reply.Body.NONE : Reply.Body.FOLLOWS));
        if (!toHead) {
            client.data(Unpooled.wrappedBuffer(line));
        }
        client.finish(EmptyHttpHeaders.INSTANCE);
        client.flush();
    }
}
