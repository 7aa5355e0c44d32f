package org.strowger.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.config.AdminConfig;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.KeyRequirement;
import org.strowger.proxy.config.Secret;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Option;

/** The options by which a command finds the proxy that it is for, and how it answers. */
@RunsOn(RunsOn.Runner.ANY)
final class AdminTarget {
    private static final Path DEFAULT_CONFIG = Path.of("strowger.conf");
    private static final URI DEFAULT = URI.create("http://127.0.0.1:8060");

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description = "The admin address (default: STROWGER_ADMIN, else admin.bind of the configuration, else"
                    + " http://127.0.0.1:8060).")
    private @Nullable String admin;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "The admin token (default: STROWGER_ADMIN_TOKEN, else admin.token of the configuration).")
    private @Nullable String token;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration to take address and token from (default: strowger.conf, if it is there).")
    private @Nullable Path config;

    @Option(names = "--json", description = "Print the answer of the API as it is.")
    private boolean json;

    boolean isJson() {
        return json;
    }

    /** Where to send requests, and with what token. */
    AdminClient client(Map<String, String> environment) {
        Optional<AdminConfig> file = configured();
        URI uri = Optional.ofNullable(admin)
                .or(() -> Optional.ofNullable(environment.get("STROWGER_ADMIN")))
                .map(AdminTarget::uri)
                .or(() -> file.map(AdminTarget::uri))
                .orElse(DEFAULT);
        Optional<String> shown = Optional.ofNullable(token)
                .or(() -> Optional.ofNullable(environment.get("STROWGER_ADMIN_TOKEN")))
                .or(() -> file.flatMap(AdminConfig::token).map(Secret::value))
                .filter(text -> !text.isEmpty());
        return new AdminClient(uri, shown, environment.getOrDefault("USER", "cli"));
    }

    /** {@code 10.0.0.1:8060} will do, too. */
    static URI uri(String text) {
        URI uri = URI.create(text.contains("://") ? text : "http://" + text);
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("--admin: " + text + " (expected: http://HOST:PORT)");
        }
        return uri;
    }

    private static URI uri(AdminConfig file) {
        InetSocketAddress bind = file.bind();
        InetAddress address = bind.getAddress();
        String host = address.isAnyLocalAddress() ? "127.0.0.1" : LocalAddresses.uriHost(address);
        return URI.create("http://" + host + ":" + bind.getPort());
    }

    /**
     * What is wrong with the file, if it is named, or if it would have to say where to send requests; then there is no telling
     * whom to ask.
     */
    List<String> problems(Map<String, String> environment) {
        boolean elsewhere = admin != null || environment.containsKey("STROWGER_ADMIN");
        boolean counts = config != null || (!elsewhere && Files.isReadable(DEFAULT_CONFIG));
        if (!counts || !(load() instanceof ConfigResult.Rejected rejected)) {
            return List.of();
        }
        List<String> problems = new ArrayList<>();
        rejected.problems().forEach(problem -> problems.add(problem.toString()));
        problems.add(file() + ": refused, nobody was asked");
        return problems;
    }

    private Path file() {
        return Objects.requireNonNullElse(config, DEFAULT_CONFIG);
    }

    private ConfigResult load() {
        return new ConfigLoader(ThisMachine.facts(), KeyRequirement.OPTIONAL).load(file());
    }

    /** What the file says, if it is there and sound, and names a port. */
    private Optional<AdminConfig> configured() {
        if (!Files.isReadable(file())) {
            return Optional.empty();
        }
        return load() instanceof ConfigResult.Loaded loaded
                        && loaded.config().admin().bind().getPort() != 0
                ? Optional.of(loaded.config().admin())
                : Optional.empty();
    }
}
