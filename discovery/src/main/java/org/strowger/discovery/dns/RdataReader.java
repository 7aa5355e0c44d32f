package org.strowger.discovery.dns;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/**
 * Reads the data of one DNS record. The bytes come from the network: whatever they are, the result is a record or
 * nothing, after a bounded number of steps.
 *
 * <p>The readable bytes are the record's; a compressed name (RFC 1035 section 4.1.4) points at an index of the same
 * buffer, which therefore begins with the message. RFC 2782 and RFC 3403 forbid compression, but servers exist that
 * compress, and reading it costs nothing.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class RdataReader {
    private static final int POINTER = 0xC0;
    private static final int MAX_NAME = 255;

    private final ByteBuf buffer;
    private final int end;
    private int at;
    private boolean broken;

    private RdataReader(ByteBuf rdata) {
        buffer = rdata;
        at = rdata.readerIndex();
        end = rdata.writerIndex();
    }

    /** The record of that type, or nothing when the bytes are not one. Does not move the buffer's indices. */
    static Optional<ResourceRecord> read(ByteBuf rdata, RecordType type) {
        RdataReader reader = new RdataReader(rdata);
        return switch (type) {
            case A -> reader.address(4);
            case AAAA -> reader.address(16);
            case SRV -> reader.srv();
            case NAPTR -> reader.naptr();
        };
    }

    /** The name that fills the data of a CNAME record. */
    static Optional<String> readAlias(ByteBuf rdata) {
        RdataReader reader = new RdataReader(rdata);
        String name = reader.name();
        return reader.isComplete() && DomainName.isValid(name) ? Optional.of(name) : Optional.empty();
    }

    /** The field MINIMUM of a SOA record, in seconds (RFC 2308 section 4), or -1. It is the last one. */
    static long readMinimum(ByteBuf rdata) {
        return rdata.readableBytes() >= 22 ? rdata.getUnsignedInt(rdata.writerIndex() - 4) : -1;
    }

    private Optional<ResourceRecord> address(int octets) {
        if (end - at != octets) {
            return Optional.empty();
        }
        byte[] bytes = new byte[octets];
        buffer.getBytes(at, bytes);
        try {
            return Optional.of(new ResourceRecord.Address(InetAddress.getByAddress(bytes)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 octets is always valid", e);
        }
    }

    private Optional<ResourceRecord> srv() {
        int priority = number();
        int weight = number();
        int port = number();
        String target = name();
        return isComplete() && isNameOrRoot(target)
                ? Optional.of(new ResourceRecord.Srv(priority, weight, port, target))
                : Optional.empty();
    }

    private Optional<ResourceRecord> naptr() {
        int order = number();
        int preference = number();
        String flags = text();
        String services = text();
        String regexp = text();
        String replacement = name();
        return isComplete() && isNameOrRoot(replacement)
                ? Optional.of(new ResourceRecord.Naptr(order, preference, flags, services, regexp, replacement))
                : Optional.empty();
    }

    private boolean isComplete() {
        return !broken && at == end;
    }

    private static boolean isNameOrRoot(String name) {
        return name.isEmpty() || DomainName.isValid(name);
    }

    private int number() {
        if (end - at < 2) {
            broken = true;
            return 0;
        }
        at += 2;
        return buffer.getUnsignedShort(at - 2);
    }

    private String text() {
        int length = at < end ? buffer.getUnsignedByte(at) : 0;
        if (end - at < 1 + length) {
            broken = true;
            return "";
        }
        String text = buffer.toString(at + 1, length, StandardCharsets.ISO_8859_1);
        at += 1 + length;
        return text;
    }

    /** A pointer must lead to before the labels that it follows, so the chain of them ends. */
    private String name() {
        StringBuilder name = new StringBuilder();
        int from = at;
        int i = at;
        boolean jumped = false;
        while (i < end && name.length() <= MAX_NAME) {
            int length = buffer.getUnsignedByte(i);
            if (length == 0) {
                at = jumped ? at : i + 1;
                return DomainName.canonical(name.toString());
            }
            if (length < POINTER) {
                if (!label(i + 1, length, name)) {
                    break;
                }
                i += 1 + length;
                continue;
            }
            int target = i + 1 < end ? buffer.getUnsignedShort(i) & 0x3FFF : from;
            if (target >= from) {
                break;
            }
            at = jumped ? at : i + 2;
            jumped = true;
            from = target;
            i = target;
        }
        broken = true;
        return "";
    }

    /** Appends a label and a dot. A dot within a label would let one name pass for another. */
    private boolean label(int start, int length, StringBuilder name) {
        if (length > 63 || start + length > end) {
            return false;
        }
        String label = buffer.toString(start, length, StandardCharsets.ISO_8859_1);
        name.append(label).append('.');
        return label.indexOf('.') < 0;
    }
}
