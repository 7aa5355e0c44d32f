package org.strowger.proxy;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.strowger.threading.RunsOn;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line. Exit codes: 0 fine, 1 failed while running, 2 wrong usage or a configuration that is refused; more of
 * them in {@link StatusCommand}.
 */
@RunsOn(RunsOn.Runner.ANY)
@Command(
        name = "strowger",
        description = "SIP load balancer",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            DemoCommand.class,
            ExplainCommand.class,
            StatusCommand.class,
            DrainCommand.class,
            UndrainCommand.class,
            WeightCommand.class,
            AddCommand.class,
            RemoveCommand.class,
            ReloadCommand.class
        })
public final class Main implements Callable<Integer> {

    private Main() {}

    /** Runs the named command. */
    public static void main(String[] arguments) {
        System.exit(commands().execute(arguments));
    }

    /** All commands, ready to be executed. */
    static CommandLine commands() {
        return new CommandLine(new Main());
    }

    /** For the commands that draw on it. */
    static PrintStream terminal() {
        return System.out;
    }

    /** The version in the jar's manifest. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, System.out);
        return 2;
    }

    /** The version in the jar's manifest. */
    @RunsOn(RunsOn.Runner.ANY)
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"strowger " + version()};
        }
    }
}
