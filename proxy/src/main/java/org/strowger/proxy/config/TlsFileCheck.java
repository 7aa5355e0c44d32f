package org.strowger.proxy.config;

import java.nio.file.Path;
import org.strowger.proxy.tls.KeyPairFiles;
import org.strowger.proxy.tls.TlsFileException;
import org.strowger.proxy.tls.TlsFiles;
import org.strowger.threading.RunsOn;

/** Opens the files that {@code tls} names, so that what is wrong with them is said before they are needed. */
@RunsOn(RunsOn.Runner.CONTROL)
final class TlsFileCheck {
    private final Problems problems;

    TlsFileCheck(Problems problems) {
        this.problems = problems;
    }

    /** A certificate that has expired is a warning: a proxy that does not start serves nobody, over UDP neither. */
    void pair(Located certificateAt, Path certificate, Located keyAt, Path key) {
        try {
            TlsFiles.check(new KeyPairFiles(certificate, key))
                    .ifPresent(since -> problems.warning(
                            certificateAt, Problems.shown(certificateAt.value()), "expired since " + since));
        } catch (TlsFileException e) {
            report(e.file().equals(key) && !key.equals(certificate) ? keyAt : certificateAt, e);
        }
    }

    void authorities(Located at, Path file) {
        try {
            TlsFiles.checkAuthorities(file);
        } catch (TlsFileException e) {
            report(at, e);
        }
    }

    private void report(Located at, TlsFileException e) {
        problems.expected(at, Problems.shown(at.value()) + ", " + e.found(), e.expected());
    }
}
