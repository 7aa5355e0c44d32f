package org.strowger.proxy.demo;

import java.util.Locale;

/** Session descriptions of the demo: one audio stream to the discard port, since no media flows. */
enum DemoSdp {
    TALKING("sendrecv"),
    HELD("sendonly");

    private final String direction;

    DemoSdp(String direction) {
        this.direction = direction;
    }

    String offer() {
        return text(direction);
    }

    /** The answer to an offer: held when the other side holds. */
    static String answer(String offer) {
        return text(offer.toLowerCase(Locale.ROOT).contains("a=sendonly") ? "recvonly" : "sendrecv");
    }

    private static String text(String direction) {
        return "v=0\r\no=demo 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                + "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=" + direction + "\r\n";
    }
}
