package org.strowger.proxy.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.strowger.threading.RunsOn;

/**
 * Finds included files, beside the file that includes them and nowhere else. A missing one is reported: HOCON passes
 * over it in silence, and with it over a misspelt name.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class FileIncluder implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    private static final ConfigObject NOTHING = ConfigFactory.empty().root();

    private final Deque<Path> open = new ArrayDeque<>();
    private final Places places;
    private final Problems problems;

    FileIncluder(Path file, Places places, Problems problems) {
        this.open.push(file.toAbsolutePath().normalize());
        this.places = places;
        this.problems = problems;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        return includeFile(context, new File(what));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        Path file = resolved(what);
        if (!Files.isRegularFile(file)) {
            report(context, what.getPath(), "no such file", "a file beside this one");
            return NOTHING;
        }
        if (open.contains(file)) {
            report(context, what.getPath(), "includes itself", "no circle of files");
            return NOTHING;
        }
        open.push(file);
        try {
            return ConfigFactory.parseFile(file.toFile(), context.parseOptions().setAllowMissing(false))
                    .root();
        } finally {
            open.pop();
        }
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
        report(context, what.toString(), "a URL", "a file beside this one");
        return NOTHING;
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
        report(context, what, "a class path resource", "a file beside this one");
        return NOTHING;
    }

    /** Beside the including file; that file's folder, which is no file, for a name that no file can have. */
    private Path resolved(File what) {
        Path folder = Places.folderOf(current());
        try {
            return folder.resolve(what.toPath()).normalize();
        } catch (InvalidPathException e) {
            return folder;
        }
    }

    private Path current() {
        return open.element();
    }

    /** An include that its author did not call {@code required(...)} is worth a warning only. */
    private void report(ConfigIncludeContext context, String what, String value, String expected) {
        Place place = new Place(places.shown(current()), lineOf(what));
        String path = "include " + Located.shown(what);
        boolean optional = context.parseOptions().getAllowMissing() && value.equals("no such file");
        Located at = new Located(path, place, NOTHING, java.util.Optional.empty());
        if (optional) {
            problems.warning(at, value, "expected: " + expected);
        } else {
            problems.expected(at, value, expected);
        }
    }

    /** The parser does not tell the line of an include; it is the first that holds the word and the name. */
    private int lineOf(String what) {
        try {
            List<String> lines = new String(Files.readAllBytes(current()), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).contains("include") && lines.get(i).contains(what)) {
                    return i + 1;
                }
            }
            return 1;
        } catch (IOException e) {
            return 1;
        }
    }
}
