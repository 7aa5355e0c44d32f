package org.strowger.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.strowger.threading.RunsOn;

/** The messages that the benchmarks work on: those of an ordinary call, with the header fields that real phones send. */
@RunsOn(RunsOn.Runner.ANY)
public final class SampleMessages {
    private static final String SDP = String.join(
            "\r\n",
            "v=0",
            "o=alice 2890844526 2890844526 IN IP4 127.0.0.2",
            "s=-",
            "c=IN IP4 127.0.0.2",
            "t=0 0",
            "m=audio 49170 RTP/AVP 0 8 101",
            "a=rtpmap:0 PCMU/8000",
            "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-15",
            "a=sendrecv",
            "");

    private SampleMessages() {}

    /** An INVITE of 15 header fields and a session description. */
    public static byte[] invite() {
        return message(
                SDP,
                "INVITE sip:bob@biloxi.example.com SIP/2.0",
                "Via: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK74b43e2c9a7f;rport",
                "Max-Forwards: 70",
                "From: \"Alice\" <sip:alice@atlanta.example.com>;tag=9fxced76sl",
                "To: \"Bob\" <sip:bob@biloxi.example.com>",
                "Call-ID: 3848276298220188511@atlanta.example.com",
                "CSeq: 1 INVITE",
                "Contact: <sip:alice@127.0.0.2:5070>",
                "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, REFER, UPDATE, PRACK",
                "Supported: replaces, outbound, gruu, timer",
                "Session-Expires: 1800;refresher=uac",
                "Min-SE: 90",
                "User-Agent: Phone/7.3.1 (hardware 2)",
                "Content-Type: application/sdp");
    }

    /** The BYE of the same dialog, with a route set of one proxy. */
    public static byte[] bye() {
        return message(
                "",
                "BYE sip:bob@127.0.1.1:5060 SIP/2.0",
                "Via: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK74b43e2c9a80;rport",
                "Route: <sip:127.0.0.1:5060;lr>",
                "Max-Forwards: 70",
                "From: \"Alice\" <sip:alice@atlanta.example.com>;tag=9fxced76sl",
                "To: \"Bob\" <sip:bob@biloxi.example.com>;tag=8321234356",
                "Call-ID: 3848276298220188511@atlanta.example.com",
                "CSeq: 2 BYE",
                "User-Agent: Phone/7.3.1 (hardware 2)");
    }

    /** The answer to the INVITE as a backend sends it through a proxy. */
    public static byte[] ok() {
        return message(
                SDP,
                "SIP/2.0 200 OK",
                "Via: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKAQEBAQEBAQEBAQEBAQEBAQ",
                "Via: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK74b43e2c9a7f;rport=5070;received=127.0.0.2",
                "Record-Route: <sip:AQEBAQEBAQEBAQEBAQEBAQ@127.0.0.1:5060;lr>",
                "From: \"Alice\" <sip:alice@atlanta.example.com>;tag=9fxced76sl",
                "To: \"Bob\" <sip:bob@biloxi.example.com>;tag=8321234356",
                "Call-ID: 3848276298220188511@atlanta.example.com",
                "CSeq: 1 INVITE",
                "Contact: <sip:bob@127.0.1.1:5060>",
                "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS",
                "Content-Type: application/sdp");
    }

    /** Where the digits of the Call-ID begin. */
    static int callIdAt(byte[] message) {
        return new String(message, ISO_8859_1).indexOf("Call-ID: ") + "Call-ID: ".length();
    }

    /** Writes a number over the first 16 digits that begin there: another call each time, without allocation. */
    static void number(byte[] message, int at, long number) {
        long rest = number;
        for (int i = at + 15; i >= at; i--) {
            message[i] = (byte) ('a' + (rest & 15));
            rest >>>= 4;
        }
    }

    private static byte[] message(String body, String... lines) {
        String head = String.join("\r\n", lines) + "\r\nContent-Length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(ISO_8859_1);
    }
}
