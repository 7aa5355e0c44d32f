package org.strowger.proxy.control;

import java.nio.file.Path;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;

/** The file that a process was configured from, and how it is read. */
public record ConfigFile(Path file, ConfigLoader loader) {

    /** Reads it now; blocks while it does. */
    ConfigResult load() {
        return loader.load(file);
    }
}
