package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code strowger reload} looks at the file first, and asks the running program only if there is nothing to say of it. */
final class ReloadCommandTest {
    @TempDir
    private Path folder;

    @Test
    void aBrokenFileIsNamedByLineAndNobodyIsAsked() throws IOException {
        try (ServerSocketChannel somebody = ServerSocketChannel.open()) {
            somebody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            somebody.configureBlocking(false);
            int port = ((InetSocketAddress) somebody.getLocalAddress()).getPort();
            Path unknownKey = write("event-loops = 1\nadmin.bind = \"127.0.0.1:" + port + "\"\nevent-lops = 2\n");
            assertThat(reload("--config", unknownKey.toString()))
                    .startsWith("2 " + unknownKey + ":1: ")
                    .contains(unknownKey + ":3: event-lops: unknown key")
                    .endsWith(unknownKey + ": refused, nobody was asked\n");
            Path noFile = write("event-loops = 1\npools {\n");
            assertThat(reload("--config", noFile.toString(), "--admin", "127.0.0.1:" + port))
                    .startsWith("2 " + noFile + ":")
                    .endsWith(": refused, nobody was asked\n");
            assertThat(somebody.accept()).isNull();
        }
    }

    @Test
    void aFileThatIsNotThereIsSaidToBe() {
        Path missing = folder.resolve("missing.conf");
        assertThat(reload("--config", missing.toString())).startsWith("2 " + missing);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "strowger", ".conf"), text);
    }

    /** The exit code, and what went to standard error. */
    private static String reload(String... options) {
        StringWriter err = new StringWriter();
        String[] all = new String[options.length + 1];
        all[0] = "reload";
        System.arraycopy(options, 0, all, 1, options.length);
        int code = Main.commands().setErr(new PrintWriter(err, true)).execute(all);
        return code + " " + err;
    }
}
