package org.strowger.proxy.proxyprotocol;

import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.strowger.sip.IpPort;

/**
 * Whom a connection is from, as the proxy in front has told. On the channel from the moment its header has been read.
 *
 * @param source the client; not to be changed
 * @param destination where the client connected to; not to be changed
 * @param authority the host name that the client asked for, or empty
 * @param alpn the protocol above, or empty
 * @param vpcEndpoint the VPC endpoint that it came through, or empty
 */
public record GivenAddresses(IpPort source, IpPort destination, String authority, String alpn, String vpcEndpoint) {
    /** Where a channel has it; absent where the header named no addresses. */
    public static final AttributeKey<GivenAddresses> KEY = AttributeKey.valueOf(GivenAddresses.class, "given");

    private static final int MAX_SHOWN = 255;

    static GivenAddresses of(ProxyHeader header) {
        IpPort source = new IpPort();
        source.set(header.source());
        IpPort destination = new IpPort();
        destination.set(header.destination());
        return new GivenAddresses(
                source,
                destination,
                text(header.tlv(Tlv.AUTHORITY), 0),
                text(header.tlv(Tlv.ALPN), 0),
                text(header.tlv(Tlv.AWS).filter(value -> value.length > 1 && value[0] == Tlv.AWS_VPC_ENDPOINT), 1));
    }

    /** What logs can show; else nothing. */
    private static String text(Optional<byte[]> value, int from) {
        return value.filter(bytes -> bytes.length <= MAX_SHOWN)
                .map(bytes -> new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8))
                .filter(text -> text.chars().noneMatch(Character::isISOControl))
                .orElse("");
    }
}
