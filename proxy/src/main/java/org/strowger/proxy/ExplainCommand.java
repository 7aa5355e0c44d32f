package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.KeyRequirement;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.explain.Explainer;
import org.strowger.proxy.explain.Explanation;
import org.strowger.proxy.explain.ExplanationJson;
import org.strowger.proxy.explain.ExplanationText;
import org.strowger.proxy.explain.Origin;
import org.strowger.proxy.relay.RelayExplainer;
import org.strowger.proxy.tls.Engine;
import org.strowger.proxy.tls.TlsStore;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code strowger explain}: where a message would go and why, by a configuration file or by what is running. */
@RunsOn(RunsOn.Runner.ANY)
@Command(
        name = "explain",
        description =
                "Say where a SIP message, an HTTP request or a connection to a relay would go and why, without sending"
                        + " anything.",
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..2",
            paramLabel = "[FILE] [MESSAGE]",
            description =
                    "The configuration (not with --admin), and a file with the message, or - for standard input; no"
                            + " message for a connection to a relay.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = {"--from", "--source"},
            paramLabel = "ADDR:PORT",
            description = "Who sends it; else the top Via says.")
    private Optional<String> from = Optional.empty();

    @Option(names = "--listener", paramLabel = "NAME", description = "Where it comes in, or backend-side.")
    private Optional<String> listener = Optional.empty();

    @Option(names = "--sni", paramLabel = "HOST", description = "Relays: the host name asked for by TLS.")
    private Optional<String> sni = Optional.empty();

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description = "Ask a running process, for example http://127.0.0.1:8060; its token is taken from the"
                    + " environment variable STROWGER_ADMIN_TOKEN.")
    private Optional<String> admin = Optional.empty();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        int before = admin.isPresent() ? 0 : 1;
        boolean isConnection = files.size() == before && listener.isPresent();
        if (files.size() != before + 1 && !isConnection) {
            throw new ParameterException(
                    spec.commandLine(),
                    (admin.isPresent() ? "expected: MESSAGE" : "expected: FILE MESSAGE")
                            + ", or --listener RELAY without a message");
        }
        PrintWriter err = spec.commandLine().getErr();
        try {
            byte[] message = isConnection ? new byte[0] : read(files.get(before));
            return admin.isPresent()
                    ? ask(AdminTarget.uri(admin.get()), message, err)
                    : plan(Path.of(files.get(0)), message, err);
        } catch (IOException e) {
            err.println(what(e));
            return 1;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return CheckCommand.REFUSED;
        }
    }

    private static String what(IOException e) {
        if (e instanceof NoSuchFileException) {
            return e.getMessage() + ": no such file";
        }
        return e instanceof FileSystemException || e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static byte[] read(String file) throws IOException {
        if (Files.isDirectory(Path.of(file))) {
            throw new IllegalArgumentException(file + ": a directory (expected: a file with a message)");
        }
        if (!file.equals("-")) {
            return Files.readAllBytes(Path.of(file));
        }
        try (InputStream in = System.in) {
            return in.readAllBytes();
        }
    }

    private int plan(Path file, byte[] message, PrintWriter err) {
        ConfigResult result = new ConfigLoader(ThisMachine.facts(), KeyRequirement.OPTIONAL).load(file);
        if (result instanceof ConfigResult.Rejected rejected) {
            rejected.problems().forEach(err::println);
            return CheckCommand.REFUSED;
        }
        StrowgerConfig config = ((ConfigResult.Loaded) result).config();
        if (config.clusterKey().isEmpty()) {
            err.println("no cluster-key: no cookie verifies");
        }
        Origin origin = new Origin(from, listener);
        Explanation explanation = new Explanations(
                        explainer(config), HttpFactory.planned(config, Keys.orNone(config)), relays(config))
                .of(message, origin, sni);
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? ExplanationJson.of(explanation) + "\n" : ExplanationText.of(explanation));
        out.flush();
        return 0;
    }

    /** Of a configuration that is not running. */
    static Explainer explainer(StrowgerConfig config) {
        Keys keys = Keys.orNone(config);
        var snapshot = PlannedSnapshot.of(config, Ticker.systemTicker());
        return new Explainer(
                () -> snapshot,
                () -> new CookieCodec(keys.current(), keys.previous()),
                LoopFactory.limits(config.protection()));
    }

    private static RelayExplainer relays(StrowgerConfig config) {
        var picture = Relays.picture(
                config,
                PlannedSnapshot.of(config, Ticker.systemTicker()),
                new TlsStore(Engine.best(), Ticker.systemTicker(), Instant::now));
        return new RelayExplainer(() -> picture);
    }

    private int ask(URI url, byte[] message, PrintWriter err) throws IOException, InterruptedException {
        StringBuilder query = new StringBuilder("format=").append(json ? "json" : "text");
        from.ifPresent(text -> query.append("&from=").append(encoded(text)));
        sni.ifPresent(text -> query.append("&sni=").append(encoded(text)));
        listener.ifPresent(text -> query.append("&listener=").append(encoded(text)));
        Optional<String> token = Optional.ofNullable(System.getenv("STROWGER_ADMIN_TOKEN"));
        AdminClient.Answer answer = new AdminClient(url, token, "").explain(query.toString(), message);
        if (answer.status() != 200) {
            err.println(url + ": " + answer.status() + " " + answer.body().strip());
            return 1;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(answer.body());
        out.flush();
        return 0;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
