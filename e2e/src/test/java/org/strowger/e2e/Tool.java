package org.strowger.e2e;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A program that a test needs and that a machine may lack: then the test is skipped, but on CI it fails. */
enum Tool {
    SIPP("sipp", "sip-tester"),
    KAMAILIO("kamailio", "kamailio"),
    BARESIP("baresip", "baresip-core"),
    OPENSSL("openssl", "openssl"),
    CHROMIUM("chromium", "chromium"),
    NODE("node", "nodejs"),
    JANUS("janus", "janus"),
    UNSHARE("unshare", "util-linux"),
    NFT("nft", "nftables"),
    CURL("curl", "curl"),
    SETPRIV("setpriv", "util-linux");

    private static final String SYSTEM_DIRECTORIES = "/usr/sbin:/sbin:/usr/local/sbin";

    private final String program;
    private final String debianPackage;

    Tool(String program, String debianPackage) {
        this.program = program;
        this.debianPackage = debianPackage;
    }

    /** The program's full path; ends the test when it is missing. */
    String path() {
        return find().map(Path::toString)
                .orElseThrow(
                        () -> missing(program + " is not installed (Debian: apt-get install " + debianPackage + ")"));
    }

    private Optional<Path> find() {
        String search = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + SYSTEM_DIRECTORIES;
        return Arrays.stream(search.split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Skips the test at home; on CI gives the failure to throw. */
    static AssertionError missing(String what) {
        Assumptions.assumeTrue("true".equals(System.getenv("CI")), "skipped: " + what);
        return new AssertionError(what + "; with CI=true nothing is skipped");
    }
}
