package org.strowger.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damaged torture messages: bytes changed, ranges repeated or lost, tokens put in, two messages crossed. */
final class Mutations {
    private static final String[] TOKENS = {
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        "\r\n ",
        "\t",
        " ",
        ":",
        ";",
        ",",
        "\"",
        "\\",
        "<",
        ">",
        "@",
        "?",
        "=",
        "[",
        "]",
        "/",
        "\0",
        "\u00ff",
        "%00",
        ";;",
        ";tag=",
        ";branch=",
        ";rport",
        ";rport=",
        ";received=",
        ";lr",
        ";maddr=",
        "sip:",
        "sips:",
        "tel:",
        "SIP/2.0",
        "SIP/2.0 200 OK\r\n",
        "SIP/2.0/UDP h",
        "Via: ",
        "v:",
        "l:",
        "Content-Length: 5\r\n",
        "CSeq: 1 ACK\r\n",
        "Route: <sip:a;lr>\r\n",
        "-1",
        "65535",
        "65536",
        "2147483647",
        "2147483648",
        "4294967296",
        "[::1]",
        ":::",
        "1.2.3.4",
    };

    private final RandomGenerator random;
    private final List<byte[]> corpus;

    Mutations(RandomGenerator random) {
        this.random = random;
        this.corpus = TortureCase.all().stream().map(TortureCase::bytes).toList();
    }

    byte[] next() {
        byte[] message = any();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            message = change(message);
        }
        return message;
    }

    private byte[] any() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private byte[] change(byte[] m) {
        int at = random.nextInt(m.length + 1);
        int end = Math.min(m.length, at + 1 + random.nextInt(random.nextInt(8) == 0 ? 200 : 6));
        return switch (random.nextInt(7)) {
            case 0 -> replace(m, at, Math.min(m.length, at + 1), new byte[] {(byte) random.nextInt(256)});
            case 1 -> replace(m, at, end, new byte[0]);
            case 2 -> replace(m, at, at, Arrays.copyOfRange(m, at, end));
            case 3 -> replace(m, at, at, token());
            case 4 -> replace(m, at, end, token());
            case 5 -> {
                byte[] other = any();
                yield replace(m, at, m.length, Arrays.copyOfRange(other, random.nextInt(other.length), other.length));
            }
            default -> random.nextInt(8) == 0 ? Arrays.copyOf(m, at) : replace(m, at, at, token());
        };
    }

    private byte[] token() {
        return TOKENS[random.nextInt(TOKENS.length)].getBytes(ISO_8859_1);
    }

    private static byte[] replace(byte[] m, int from, int to, byte[] by) {
        byte[] out = Arrays.copyOf(m, m.length - (to - from) + by.length);
        System.arraycopy(by, 0, out, from, by.length);
        System.arraycopy(m, to, out, from + by.length, m.length - to);
        return out;
    }
}
