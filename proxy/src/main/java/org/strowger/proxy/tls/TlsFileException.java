package org.strowger.proxy.tls;

import java.nio.file.Path;

/** A certificate, key or list of authorities that cannot be used; the message says why and what is expected. */
public final class TlsFileException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final String found;
    private final String expected;

    TlsFileException(Path file, String found, String expected) {
        super(file + ": " + found + " (expected: " + expected + ")");
        this.file = file;
        this.found = found;
        this.expected = expected;
    }

    public Path file() {
        return file;
    }

    /** What is wrong with it. */
    public String found() {
        return found;
    }

    public String expected() {
        return expected;
    }
}
