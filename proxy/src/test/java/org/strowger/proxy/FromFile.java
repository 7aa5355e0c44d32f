package org.strowger.proxy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.KeyRequirement;
import org.strowger.proxy.config.Machine;
import org.strowger.proxy.control.ConfigFile;

/** A running proxy that reads its file again when it is asked to. */
final class FromFile {
    private FromFile() {}

    static Strowger start(Path file, Machine machine) throws IOException {
        ConfigLoader loader = new ConfigLoader(machine, KeyRequirement.REQUIRED);
        ConfigResult.Loaded loaded = (ConfigResult.Loaded) loader.load(file);
        return Strowger.start(
                loaded.config(),
                Keys.of(loaded.config()),
                new SplittableRandom(1),
                Optional.of(new ConfigFile(file, loader)));
    }
}
