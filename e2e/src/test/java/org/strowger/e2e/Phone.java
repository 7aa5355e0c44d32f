package org.strowger.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.awaitility.core.ConditionTimeoutException;
import org.strowger.sip.Transport;

/** A baresip phone that registers through an outbound proxy, answers by itself, and obeys commands over its control port. */
final class Phone implements CallParty, AutoCloseable {
    private static final int CONTROL_PORT = 4444;
    private static final int SAMPLE_RATE = 8000;
    private static final int SECONDS_OF_SILENCE = 120;
    private static final List<Path> MODULE_DIRECTORIES =
            List.of(Path.of("/usr/lib/baresip/modules"), Path.of("/usr/lib/x86_64-linux-gnu/baresip/modules"));

    private final OsProcess process;
    private final String user;
    private final Media media;
    private final PhoneControl control;

    private Phone(OsProcess process, String user, Media media, PhoneControl control) {
        this.process = process;
        this.user = user;
        this.media = media;
        this.control = control;
    }

    /** How it sends and takes audio. */
    enum Media {
        /** RTP. */
        PLAIN("", "g711 aufile"),
        /** As browsers do: ICE, DTLS-SRTP, RTP and RTCP on one port. */
        OF_BROWSERS(";mediaenc=dtls_srtp;medianat=ice", "g711 aufile ice srtp dtls_srtp");

        private final String account;
        private final String modules;

        Media(String account, String modules) {
            this.account = account;
            this.modules = modules;
        }

        private String lines() {
            String rtcp = "rtcp_mux " + (this == PLAIN ? "no" : "yes");
            return "module " + modules.replace(" ", ".so\nmodule ") + ".so\n" + rtcp;
        }
    }

    /** Starts the phone of a user on an address of its own. */
    static Phone start(Path parent, String user, String address, Endpoint outboundProxy) {
        return start(parent, user, address, outboundProxy, Media.PLAIN);
    }

    /** The same with that kind of media. */
    static Phone start(Path parent, String user, String address, Endpoint outboundProxy, Media media) {
        Path directory = parent.resolve(user);
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve("silence.wav"), silence());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RunDirectory.write(directory.resolve("config"), config(directory, address, media));
        RunDirectory.write(directory.resolve("contacts"), "");
        RunDirectory.write(
                directory.resolve("accounts"),
                String.format(
                        Locale.ROOT,
                        "<sip:%s@phones.test>;auth_pass=none;outbound=\"sip:%s;transport=%s\";regint=60;answermode=auto;audio_codecs=PCMU%s%n",
                        user,
                        outboundProxy.hostPort(),
                        outboundProxy.transport() == Transport.TCP ? "tcp" : "udp",
                        media.account));
        // Without stdbuf it keeps its last lines to itself when its output is a file.
        OsProcess process = OsProcess.start(
                directory, "baresip", List.of("stdbuf", "-o0", Tool.BARESIP.path(), "-f", directory.toString()));
        return new Phone(process, user, media, PhoneControl.connect(new InetSocketAddress(address, CONTROL_PORT)));
    }

    private static String config(Path directory, String address, Media media) {
        Path modules = MODULE_DIRECTORIES.stream()
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> Tool.missing("baresip has no modules in " + MODULE_DIRECTORIES));
        return String.join(
                "\n",
                "sip_listen " + address + ":5060",
                "net_interface " + address,
                "module_path " + modules,
                media.lines(),
                "module_tmp account.so",
                "module_app ctrl_tcp.so",
                "module_app menu.so",
                "ctrl_tcp_listen " + address + ":" + CONTROL_PORT,
                "audio_source aufile," + directory.resolve("silence.wav"),
                "rtp_ports 20000-29999",
                "");
    }

    /** A WAV file of silence, 16 bits, mono: without a microphone a phone needs something to send. */
    private static byte[] silence() {
        int dataBytes = SAMPLE_RATE * 2 * SECONDS_OF_SILENCE;
        ByteBuffer wav = ByteBuffer.allocate(44 + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + dataBytes);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
                .putInt(16)
                .putShort((short) 1)
                .putShort((short) 1);
        wav.putInt(SAMPLE_RATE).putInt(SAMPLE_RATE * 2).putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(dataBytes);
        return wav.array();
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public void awaitRegistered(int times) {
        process.awaitOutput(user + "@phones\\.test: .*200 OK", times);
    }

    /** With plain media: and media comes in. */
    @Override
    public void awaitEstablished(int calls) {
        awaitEvents("CALL_ESTABLISHED", calls);
        if (media == Media.PLAIN) {
            awaitEvents("CALL_RTPESTAB", calls);
        }
    }

    @Override
    public void awaitClosed(int calls) {
        awaitEvents("CALL_CLOSED", calls);
    }

    @Override
    public void dial(String other) {
        command("dial", "sip:" + other + "@phones.test");
    }

    @Override
    public void hangUp() {
        command("hangup", "");
    }

    private void command(String command, String parameter) {
        try {
            control.send(command, parameter);
        } catch (IOException e) {
            throw new AssertionError(user + ": " + command + ": " + e + "\n" + process.tail(), e);
        }
    }

    private void awaitEvents(String type, int times) {
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> control.count(type) >= times);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    user + ": " + type + " " + control.count(type) + " times (expected: " + times + ")\n"
                            + control.events() + "\n" + process.tail(),
                    e);
        }
    }

    @Override
    public void close() {
        process.close();
        control.close();
    }
}
