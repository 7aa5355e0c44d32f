package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.strowger.discovery.Backend;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.KeyRequirement;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.demo.Demo;
import org.strowger.proxy.demo.DemoOptions;
import org.strowger.proxy.demo.DemoProxy;
import org.strowger.proxy.demo.TableStyle;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.sip.cookie.ClusterKey;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strowger demo}: the proxy with embedded backends and a stream of calls, until Ctrl-C or for some seconds. */
@RunsOn(RunsOn.Runner.CONTROL)
@Command(
        name = "demo",
        description = "Run the proxy with three embedded SIP backends and place calls through it.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    @Option(names = "--seconds", paramLabel = "N", description = "Stop after N seconds (default: at Ctrl-C).")
    private int seconds;

    @Option(names = "--rate", paramLabel = "N", description = "New calls a second (default: ${DEFAULT-VALUE}).")
    private int callsPerSecond = 20;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "SIP port (default: ${DEFAULT-VALUE}, or the next free).")
    private int port = 5060;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DemoOptions options =
                DemoOptions.defaults().withCallsPerSecond(callsPerSecond).withPort(port);
        if (seconds > 0) {
            options = options.withLength(Duration.ofSeconds(seconds));
        }
        Demo demo = new Demo(
                options,
                DemoCommand::start,
                Main.terminal(),
                TableStyle.detect(),
                Ticker.systemTicker(),
                new SplittableRandom());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(demo), "strowger-stop"));
        return demo.run();
    }

    private static void stop(Demo demo) {
        try {
            demo.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static DemoProxy start(InetSocketAddress sip, List<Backend> backends) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] secret = new byte[ClusterKey.LENGTH];
        random.nextBytes(secret);
        Keys keys = new Keys(ClusterKey.of(secret), Optional.empty());
        Strowger strowger = Strowger.start(config(sip, backends), keys, random);
        try {
            return new RunningProxy(strowger, AdminSurface.open(strowger), sip, backends);
        } catch (IOException e) {
            strowger.close();
            throw e;
        }
    }

    /** The demo reads its configuration from a file like everybody else. */
    private static StrowgerConfig config(InetSocketAddress sip, List<Backend> backends) throws IOException {
        String bind = Faces.hostPort(sip.getAddress(), sip.getPort());
        StringBuilder text = new StringBuilder("listeners {\n");
        text.append("  sip-udp { transport = udp, bind = \"").append(bind).append("\" }\n");
        text.append("  sip-tcp { transport = tcp, bind = \"").append(bind).append("\" }\n}\n");
        text.append("pools { demo { balance = round-robin, backends = [");
        backends.forEach(backend -> text.append("\n    \"").append(backend.id()).append('"'));
        text.append("\n  ] }\n}\nrules = [ { pool = demo } ]\nadmin { bind = \"127.0.0.1:0\" }\n");
        Path file = Files.createTempFile("strowger-demo", ".conf");
        try {
            Files.writeString(file, text);
            ConfigResult result = new ConfigLoader(ThisMachine.facts(), KeyRequirement.OPTIONAL).load(file);
            if (result instanceof ConfigResult.Loaded loaded) {
                return loaded.config();
            }
            throw new IllegalStateException("the demo's configuration is refused: " + result);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** The started proxy as the demo sees it. */
    private record RunningProxy(Strowger strowger, AdminSurface surface, InetSocketAddress sip, List<Backend> backends)
            implements DemoProxy {

        @Override
        public InetSocketAddress sipAddress() {
            return sip;
        }

        @Override
        public Map<String, Long> callsPerBackend() {
            Map<String, Long> calls = new TreeMap<>();
            backends.forEach(backend ->
                    calls.put(backend.id(), strowger.backendCounters().sum(backend.id(), BackendCounter.CALLS)));
            return calls;
        }

        @Override
        public URI admin() {
            return URI.create("http://" + surface.address() + "/");
        }

        @Override
        public void close() {
            surface.close();
            strowger.close();
        }
    }
}
