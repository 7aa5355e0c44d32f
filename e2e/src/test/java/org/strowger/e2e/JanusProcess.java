package org.strowger.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A Janus gateway with its EchoTest plugin, its WebSocket and its REST transport. It listens on ports of 127.0.0.1: it takes no
 * address that is not shown as one of an interface.
 */
final class JanusProcess implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final OsProcess process;
    private final String name;
    private final int restPort;
    private final int webSocketPort;

    private JanusProcess(OsProcess process, String name, int restPort, int webSocketPort) {
        this.process = process;
        this.name = name;
        this.restPort = restPort;
        this.webSocketPort = webSocketPort;
    }

    /** Starts it; it calls itself by that name. */
    static JanusProcess start(Path parent, String name) {
        Path folder = parent.resolve("janus-" + name);
        int rest = Loopback.freePort(HOST);
        int webSocket = Loopback.freePort(HOST);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RunDirectory.write(folder.resolve("janus.jcfg"), """
                general: {
                  configs_folder = "%s"
                  server_name = "%s"
                  debug_level = 4
                  debug_colors = false
                }
                plugins: { disable = "%s" }
                transports: { disable = "%s" }
                loggers: { disable = "libjanus_jsonlog.so" }
                """.formatted(
                        folder,
                        name,
                        libraries(
                                "audiobridge duktape lua nosip recordplay sip streaming textroom videocall videoroom voicemail"),
                        libraries("mqtt nanomsg pfunix rabbitmq")));
        RunDirectory.write(folder.resolve("janus.transport.http.jcfg"), """
                general: { base_path = "/janus", http = true, ip = "%s", port = %d, https = false }
                admin: { admin_http = false, admin_https = false }
                """.formatted(HOST, rest));
        RunDirectory.write(folder.resolve("janus.transport.websockets.jcfg"), """
                general: { ws = true, ws_ip = "%s", ws_port = %d, wss = false }
                admin: { admin_ws = false, admin_wss = false }
                """.formatted(HOST, webSocket));
        List<String> command = List.of(
                "stdbuf", "-o0", Tool.JANUS.path(), "-F", folder.toString(), "-C", folder.resolve("janus.jcfg") + "");
        return new JanusProcess(OsProcess.start(folder, "janus", command), name, rest, webSocket);
    }

    private static String libraries(String names) {
        return "libjanus_" + names.replace(" ", ".so,libjanus_") + ".so";
    }

    /** Waits until both transports listen. */
    void awaitReady() {
        process.awaitOutput("WebSockets transport plugin initialized", 1);
        process.awaitOutput("REST \\(HTTP/HTTPS\\) transport plugin initialized", 1);
    }

    String name() {
        return name;
    }

    String rest() {
        return "http:" + HOST + ":" + restPort;
    }

    String webSocket() {
        return "http:" + HOST + ":" + webSocketPort;
    }

    void killHard() {
        process.killHard();
    }

    String tail() {
        return process.tail();
    }

    @Override
    public void close() {
        process.close();
    }
}
