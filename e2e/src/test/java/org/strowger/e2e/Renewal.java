package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How operators put a new certificate, with its chain, and its key in the place of the old ones. */
enum Renewal {
    /** As Kubernetes does with what cert-manager makes: files are links into a folder, itself a link, which is renamed. */
    LINKED {
        @Override
        void put(Path folder, String chain, String key, int number) throws IOException {
            Path data = Files.createDirectories(folder.resolve("..data" + number));
            Files.writeString(data.resolve("tls.crt"), chain);
            Files.writeString(data.resolve("tls.key"), key);
            Path link = folder.resolve("..tmp");
            Files.createSymbolicLink(link, data.getFileName());
            Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
            for (String name : new String[] {"tls.crt", "tls.key"}) {
                if (!Files.exists(folder.resolve(name))) {
                    Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
                }
            }
        }
    },

    /** As {@code cat} does, one file after the other, each in pieces: no moment of it may be taken for the end. */
    WRITTEN {
        @Override
        void put(Path folder, String chain, String key, int number) throws IOException {
            Path certificate = folder.resolve("tls.crt");
            int leaf = chain.indexOf(END, 0) + END.length() + 1;
            if (number % 2 == 0) {
                write(certificate, chain, chain.length() / 3);
                write(folder.resolve("tls.key"), key, key.length() / 2);
            } else {
                write(folder.resolve("tls.key"), key, key.length() / 2);
                // From here to its end the pair fits, but no client believes it.
                write(certificate, chain, leaf);
            }
        }
    };

    private static final String END = "-----END CERTIFICATE-----";

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    /** Puts them, for the nth time, into a folder as {@code tls.crt} and {@code tls.key}. */
    abstract void put(Path folder, String chain, String key, int number) throws IOException;

    private static void write(Path file, String text, int cut) throws IOException {
        Files.write(file, text.substring(0, cut).getBytes(US_ASCII));
        LockSupport.parkNanos(PAUSE_NANOS);
        Files.write(file, text.substring(cut).getBytes(US_ASCII), StandardOpenOption.APPEND);
    }

    /** Puts a pair of the authority {@code mid}. */
    void put(Path folder, Certificates files, String pair, int number) {
        try {
            String chain = Files.readString(files.file(pair + ".pem")) + Files.readString(files.file("mid.pem"));
            put(folder, chain, Files.readString(files.file(pair + ".key")), number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
