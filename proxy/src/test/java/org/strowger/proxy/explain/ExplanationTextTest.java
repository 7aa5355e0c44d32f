package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.proxy.Planned;

/**
 * Whole explanations, compared with those in {@code src/test/resources/explain}. After an intended change: delete the file, run
 * this once, and read what it wrote.
 */
class ExplanationTextTest {
    private static final Path FOLDER = Path.of("src/test/resources/explain");
    private static final Optional<String> NOBODY_SAID = Optional.empty();

    private final Planned planned = Planned.of(FOLDER.resolve("explain.conf"));
    private final Explainer explainer = planned.explainer();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "invite",
                "register",
                "rejected",
                "canary",
                "in-dialog",
                "response",
                "loop",
                "forged",
                "outbound",
                "unreadable",
                "options"
            })
    void saysWhatItAlwaysSaid(String name) throws IOException {
        Explanation explanation = explanation(name);
        String text = ExplanationText.of(explanation);
        Path golden = FOLDER.resolve(name + ".txt");
        if (!Files.exists(golden)) {
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
        assertThat(text.lines().takeWhile(line -> !line.startsWith("+ ") && !line.startsWith("- ")))
                .allMatch(line -> line.length() <= 100);
        assertThat(ExplanationJson.of(explanation)).startsWith("{\"message\":{").doesNotContain("\n");
    }

    @Test
    void noCookieIsShownThatCouldBeUsed() {
        Explainer.Rehearsed invite = explainer.rehearse(message("invite"), origin("invite"));
        String sent = new String(invite.rehearsal().sent().orElseThrow().bytes(), ISO_8859_1);
        String cookie = sent.replaceAll("(?s).*Record-Route: <sip:([^@]+)@.*", "$1");
        assertThat(cookie).hasSizeGreaterThan(20);
        assertThat(ExplanationText.of(invite.explanation())).doesNotContain(cookie);
        assertThat(ExplanationJson.of(invite.explanation())).doesNotContain(cookie);
    }

    @Test
    void aWrongListenerIsSaid() {
        Origin nowhere = new Origin(NOBODY_SAID, Optional.of("outside"));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> explainer.explain(message("invite"), nowhere)))
                .hasMessageContaining("listener: outside (expected: one of [")
                .hasMessageContaining("public-udp");
    }

    private Explanation explanation(String name) {
        return explainer.explain(message(name), origin(name));
    }

    private static Origin origin(String name) {
        return switch (name) {
            case "rejected" -> new Origin(Optional.of("192.0.2.66:5060"), NOBODY_SAID);
            case "outbound" -> new Origin(Optional.of("10.0.3.1:5060"), NOBODY_SAID);
            case "register" -> new Origin(Optional.of("198.51.100.7:40000"), Optional.of("public-tcp"));
            default -> Origin.UNKNOWN;
        };
    }

    private byte[] message(String name) {
        String text = switch (name) {
            case "register" -> request("REGISTER sip:example.com SIP/2.0", "Contact: <sip:alice@192.168.1.2>");
            case "canary" -> request("INVITE sip:bob@example.com SIP/2.0").replace("a84b4c76e66710", "a84b7");
            case "in-dialog" -> bye();
            case "response" -> response();
            case "loop" -> forwarded();
            case "forged" ->
                request(
                        "INVITE sip:bob@example.com SIP/2.0",
                        "Route: <sip:" + cookieOfInvite().replaceFirst("^(.{12})..", "$1_-") + "@203.0.113.10;lr>");
            case "unreadable" -> request("INVITE sip:bob@example.com SIP/2.0").replace("314159 INVITE", "none");
            case "options" ->
                request("OPTIONS sip:203.0.113.10 SIP/2.0").replace("Max-Forwards: 70\n", "Max-Forwards: 7\n");
            default -> request("INVITE sip:bob@example.com SIP/2.0");
        };
        return text.getBytes(ISO_8859_1);
    }

    /** As an editor leaves it. */
    private static String request(String line, String... more) {
        String method = line.substring(0, line.indexOf(' '));
        return line + "\n" + "Via: SIP/2.0/UDP 198.51.100.7:5062;rport;branch=z9hG4bK776asdhds\nMax-Forwards: 70\n"
                + String.join("\n", more) + (more.length == 0 ? "" : "\n")
                + "From: Alice <sip:alice@example.com>;tag=1928301774\nTo: Bob <sip:bob@example.com>\n"
                + "Call-ID: a84b4c76e66710@pc33.example.com\nCSeq: 314159 " + method + "\nContent-Length: 4\n\nv=0\n";
    }

    private String forwarded() {
        Explainer.Rehearsed invite = explainer.rehearse(message("invite"), Origin.UNKNOWN);
        return new String(invite.rehearsal().sent().orElseThrow().bytes(), ISO_8859_1);
    }

    private String cookieOfInvite() {
        return forwarded().replaceAll("(?s).*Record-Route: <sip:([^@]+)@.*", "$1");
    }

    private String bye() {
        List<String> routes = forwarded()
                .lines()
                .filter(line -> line.startsWith("Record-Route: "))
                .map(line -> line.substring("Record-".length()))
                .toList();
        return "BYE sip:alice@192.168.1.2 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.3.1:5060;branch=z9hG4bK1\r\n"
                + String.join("\r\n", routes)
                + "\r\nFrom: <sip:bob@example.com>;tag=b\r\nTo: <sip:alice@example.com>;tag=1928301774\r\n"
                + "Call-ID: a84b4c76e66710@pc33.example.com\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n";
    }

    private String response() {
        List<String> vias =
                forwarded().lines().filter(line -> line.startsWith("Via: ")).toList();
        return "SIP/2.0 503 Busy\r\n" + String.join("\r\n", vias)
                + "\r\nFrom: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>;tag=2\r\nCall-ID: c\r\n"
                + "CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
    }
}
