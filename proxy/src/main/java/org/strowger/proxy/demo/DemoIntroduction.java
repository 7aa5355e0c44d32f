package org.strowger.proxy.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.strowger.discovery.Backend;

/** What the demo prints first: what runs where, and how to join in. */
enum DemoIntroduction {
    ;

    static List<String> lines(DemoProxy proxy, List<Backend> backends, DemoOptions options) {
        String host = proxy.sipAddress().getAddress().getHostAddress();
        int port = proxy.sipAddress().getPort();
        String address = host + ":" + port;
        List<String> lines = new ArrayList<>();
        lines.add("Strowger takes SIP on " + address + ", UDP and TCP"
                + (port == options.port() ? "" : " (" + options.port() + " is taken, this is the next free port)"));
        lines.add("and spreads it over " + backends.size() + " backends: "
                + backends.stream().map(Backend::id).collect(Collectors.joining(", ")));
        lines.add("");
        lines.add("Join in while the demo calls:");
        lines.add("  SIPp        sipp -sn uac " + address + " -i " + host + " -r 10 -m 100");
        lines.add("              sipp -sn uac " + address + " -i " + host + " -t t1 -r 10 -m 100     (TCP)");
        lines.add("  softphone   on this machine; server, domain or proxy " + address + ", transport UDP or TCP,");
        lines.add("              any user, any password; then call any number (answered at once, silent)");
        lines.add("  look        curl " + proxy.admin().resolve("/backends"));
        lines.add("              curl " + proxy.admin().resolve("/metrics"));
        lines.add("");
        lines.add(options.length()
                .map(length -> options.callsPerSecond() + " calls a second for " + length.toSeconds() + " s:")
                .orElse(options.callsPerSecond() + " calls a second; Ctrl-C ends:"));
        lines.add("");
        return List.copyOf(lines);
    }
}
