package org.strowger.proxy;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.KeyRequirement;
import org.strowger.proxy.control.Caller;
import org.strowger.proxy.control.ConfigFile;
import org.strowger.proxy.control.ReloadOutcome;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code strowger run FILE}: serves until it is told to stop. */
@RunsOn(RunsOn.Runner.CONTROL)
@Command(name = "run", description = "Run the proxy with a configuration file.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(RunCommand.class);

    private static final long STOP_SECONDS = 10;

    @Parameters(paramLabel = "FILE", description = "The configuration.")
    private Path file = Path.of("strowger.conf");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        ConfigLoader loader = new ConfigLoader(ThisMachine.facts(), KeyRequirement.REQUIRED);
        ConfigResult result = loader.load(file);
        if (!(result instanceof ConfigResult.Loaded loaded)) {
            ((ConfigResult.Rejected) result).problems().forEach(err::println);
            return CheckCommand.REFUSED;
        }
        LogSetup.apply(loaded.config().logging());
        loaded.warnings().forEach(warning -> log.warn("{}", warning));
        return serve(loaded, new ConfigFile(file, loader), err);
    }

    private static int serve(ConfigResult.Loaded loaded, ConfigFile source, PrintWriter err)
            throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (Strowger strowger = Strowger.start(
                        loaded.config(), Keys.of(loaded.config()), new SecureRandom(), Optional.of(source));
                AdminSurface admin = AdminSurface.open(strowger)) {
            settle();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> await(stopped, closed), "strowger-stop"));
            Hangup.on(() -> strowger.operations().reload(Caller.local("SIGHUP")).thenAccept(RunCommand::report));
            log.info(
                    "serving as {}; administration on http://{}",
                    loaded.config().node().name(),
                    admin.address());
            stopped.await();
            log.info("stopping");
        } catch (IOException e) {
            err.println("cannot start: " + e.getMessage());
            return 1;
        } finally {
            closed.countDown();
        }
        return 0;
    }

    /** Moves what lasts as long as the process to where the collector leaves it, before there is traffic to hold up. */
    private static void settle() {
        System.gc();
    }

    /** Nobody waits for the answer to a signal but the log. */
    private static void report(ReloadOutcome outcome) {
        if (outcome instanceof ReloadOutcome.Rejected rejected) {
            rejected.problems().forEach(problem -> log.warn("not reloaded: {}", problem));
        } else if (outcome instanceof ReloadOutcome.Applied applied) {
            applied.warnings().forEach(warning -> log.warn("{}", warning));
        }
    }

    /** In the shutdown hook: the JVM ends when this returns, so wait until everything is closed. */
    private static void await(CountDownLatch stopped, CountDownLatch closed) {
        stopped.countDown();
        try {
            if (!closed.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                log.warn("not everything was closed within {} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
