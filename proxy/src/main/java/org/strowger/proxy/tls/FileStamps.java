package org.strowger.proxy.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What can be seen of files without reading them. Links are followed, so that a link set to another file is a change.
 *
 * @param newest when one of them was changed last
 */
record FileStamps(List<String> stamps, Instant newest) {
    /** Changed again within this time, a file may look as before. */
    private static final Duration UNSETTLED = Duration.ofSeconds(2);

    /** Whoever writes in pieces, {@code cat} after {@code cat}, has written the next one by then. */
    private static final Duration QUIET = Duration.ofMillis(500);

    FileStamps {
        stamps = List.copyOf(stamps);
    }

    static FileStamps of(TlsOptions options) {
        List<Path> files = new ArrayList<>();
        options.pairs().forEach(pair -> {
            files.add(pair.certificate());
            files.add(pair.key());
        });
        options.trusted().ifPresent(files::add);
        List<String> stamps = new ArrayList<>();
        Instant newest = Instant.MIN;
        for (Path file : files) {
            try {
                BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
                stamps.add(seen.lastModifiedTime() + " " + seen.size() + " " + seen.fileKey());
                Instant changed = seen.lastModifiedTime().toInstant();
                newest = changed.isAfter(newest) ? changed : newest;
            } catch (IOException e) {
                stamps.add("unreadable");
            }
        }
        return new FileStamps(stamps, newest);
    }

    /**
     * True when nobody has written for a moment. Of a chain of which only the first certificate is there nothing looks wrong.
     * A time to come is that of another clock and says nothing.
     */
    boolean isQuiet(Instant now) {
        return newest.equals(Instant.MIN)
                || newest.isAfter(now)
                || Duration.between(newest, now).compareTo(QUIET) > 0;
    }

    /** True when these files need not be read again as long as they look like this. */
    boolean isSettled(Instant now) {
        return newest.equals(Instant.MIN) || Duration.between(newest, now).compareTo(UNSETTLED) > 0;
    }
}
