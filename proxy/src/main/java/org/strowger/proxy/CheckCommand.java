package org.strowger.proxy;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.KeyRequirement;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code strowger check FILE}: says all that is wrong with a configuration, without opening a socket. */
@RunsOn(RunsOn.Runner.ANY)
@Command(name = "check", description = "Check a configuration file.", mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    /** The exit code for a configuration that is refused. */
    static final int REFUSED = 2;

    @Parameters(paramLabel = "FILE", description = "The configuration.")
    private Path file = Path.of("strowger.conf");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        ConfigResult result = new ConfigLoader(ThisMachine.facts(), KeyRequirement.REQUIRED).load(file);
        if (result instanceof ConfigResult.Rejected rejected) {
            rejected.problems().forEach(err::println);
            err.println(file + ": refused");
            return REFUSED;
        }
        if (result instanceof ConfigResult.Loaded loaded) {
            loaded.warnings().forEach(err::println);
        }
        spec.commandLine().getOut().println(file + ": ok");
        return 0;
    }
}
