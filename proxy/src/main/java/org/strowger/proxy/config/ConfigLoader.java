package org.strowger.proxy.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/**
 * Turns a file into a {@link StrowgerConfig} or into the list of all that is wrong with it. Throws nothing for a file,
 * whatever it holds, and keeps no state between two.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class ConfigLoader {
    private final Machine machine;
    private final KeyRequirement keyRequirement;

    public ConfigLoader(Machine machine, KeyRequirement keyRequirement) {
        this.machine = machine;
        this.keyRequirement = keyRequirement;
    }

    /** Reads the file, what it includes, and the key file it names; blocks while it does. */
    public ConfigResult load(Path file) {
        Places places = new Places(file);
        Problems problems = new Problems();
        Optional<StrowgerConfig> config = read(file, places, problems);
        var sorted = problems.sorted(places.top().file());
        return config.isPresent() ? new ConfigResult.Loaded(config.get(), sorted) : new ConfigResult.Rejected(sorted);
    }

    /**
     * The place {@code file:line} of a key in a file that was read before, or of the nearest key above it; the first line
     * where it cannot be told. Blocks while it reads.
     */
    public String place(Path file, String key) {
        Places places = new Places(file);
        Place found = places.top();
        try {
            ConfigValue at = parse(file, places, new Problems()).root();
            for (String name : key.split("\\.", -1)) {
                if (!(at instanceof ConfigObject object) || !object.containsKey(name)) {
                    break;
                }
                at = Objects.requireNonNull(object.get(name));
                found = places.of(at.origin()).orElse(found);
            }
        } catch (ConfigException e) {
            // It was changed meanwhile, or the key is put together from several places: what is known so far will do.
            return found.file() + ":" + found.line();
        }
        return found.file() + ":" + found.line();
    }

    private Optional<StrowgerConfig> read(Path file, Places places, Problems problems) {
        Environment environment = new Environment(machine.variables());
        Config raw;
        ConfigObject resolved;
        try {
            raw = parse(file, places, problems);
            resolved = environment.resolve(raw);
        } catch (ConfigException e) {
            report(e, places, problems);
            return Optional.empty();
        } catch (StackOverflowError e) {
            // The parser calls itself for each level.
            problems.error(places.top(), "", "nested too deeply", "expected: a few levels of braces and brackets");
            return Optional.empty();
        }
        ConfigObject reference = environment.resolve(reference());
        Located top = new Located("", places.top(), resolved, Optional.<ConfigValue>of(raw.root()));
        KeyReader keys = new KeyReader(Places.folderOf(file), keyRequirement, problems);
        return new RootReader(
                        Section.of(top, reference, places, problems), reference, machine, keys, Places.folderOf(file))
                .read();
    }

    /** The file that holds every default. */
    static Config reference() {
        URL reference = Objects.requireNonNull(ConfigLoader.class.getResource("/reference.conf"), "reference.conf");
        return ConfigFactory.parseURL(reference, ConfigParseOptions.defaults().setAllowMissing(false));
    }

    private static Config parse(Path file, Places places, Problems problems) {
        Path absolute = file.toAbsolutePath().normalize();
        return ConfigFactory.parseFile(
                absolute.toFile(),
                ConfigParseOptions.defaults()
                        .setAllowMissing(false)
                        .setIncluder(new FileIncluder(absolute, places, problems)));
    }

    private static void report(ConfigException e, Places places, Problems problems) {
        if (e instanceof ConfigException.IO) {
            problems.error(places.top(), "", "unreadable", "expected: a file; " + message(e));
            return;
        }
        ConfigOrigin origin = e.origin();
        Place place = origin == null ? places.top() : places.of(origin).orElse(places.top());
        String message = message(e);
        problems.error(place, "", "syntax error", "expected: HOCON; " + message + hint(message));
    }

    /** What the usual mistakes are, where the parser's words do not tell. */
    private static String hint(String message) {
        if (message.endsWith("end of file")) {
            return "; a } or ] is missing above";
        }
        return message.matches(".*(got|token:) '[:\\[/*]'.*")
                ? "; a value with : / [ or * in it stands in quotes, as in \"0.0.0.0:5060\""
                : "";
    }

    /** What the parser says, without the file and line that it begins with and the guesses that it ends with. */
    private static String message(ConfigException e) {
        String text = String.valueOf(e.getMessage());
        ConfigOrigin origin = e.origin();
        String prefix = origin == null ? "" : origin.description() + ": ";
        String tail = text.startsWith(prefix) ? text.substring(prefix.length()) : text;
        int advice = tail.indexOf(" (");
        return Problems.printable(advice < 0 ? tail : tail.substring(0, advice));
    }
}
