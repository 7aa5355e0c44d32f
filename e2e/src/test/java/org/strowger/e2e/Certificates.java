package org.strowger.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An authority of openssl in a folder, {@code ca.pem}, and what it issues. */
final class Certificates {
    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    static Certificates in(Path folder) {
        Certificates made = new Certificates(folder);
        made.openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=ca",
                "-days",
                "30",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem");
        return made;
    }

    /** Makes {@code name.pem} and {@code name.key}. */
    Certificates issue(String name, String alternativeNames) {
        return sign(name, "subjectAltName=" + alternativeNames, "ca");
    }

    /** Makes an authority under the first one. */
    Certificates authority(String name) {
        return sign(name, "basicConstraints=critical,CA:TRUE", "ca");
    }

    /** The same as by the first authority; its own certificate is to be sent along. */
    Certificates issue(String name, String alternativeNames, String authority) {
        return sign(name, "subjectAltName=" + alternativeNames, authority);
    }

    private Certificates sign(String name, String extension, String authority) {
        RunDirectory.write(folder.resolve(name + ".ext"), extension + "\n");
        openssl(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".csr");
        openssl(
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                authority + ".pem",
                "-CAkey",
                authority + ".key",
                "-CAcreateserial",
                "-days",
                "20",
                "-extfile",
                name + ".ext",
                "-out",
                name + ".pem");
        return this;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    private void openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Tool.OPENSSL.path()));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("openssl.txt").toFile())
                    .start();
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + ": failed, see openssl.txt in " + folder);
            }
        } catch (IOException e) {
            throw new AssertionError(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
