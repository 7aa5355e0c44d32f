package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.discovery.Backend;

/** reference.conf, the records and the messages say the same. */
class ReferenceTest {
    private static final Set<String> LISTS = Set.of("backends", "rules", "header", "sticky-cookie");

    @TempDir
    Path folder;

    @Test
    void keysAndComponentsMatchBothWays() {
        ConfigObject reference = ReferenceKey.reference();
        Set<String> root = new TreeSet<>(reference.keySet());
        root.removeAll(RootReader.ENTRY_DEFAULTS);
        assertThat(root).isEqualTo(components(StrowgerConfig.class, Set.of("relays")));
        for (RecordComponent component : StrowgerConfig.class.getRecordComponents()) {
            if (component.getType().isRecord()) {
                String key = kebab(component.getName());
                assertThat(keys(reference, key)).as(key).isEqualTo(components(component.getType(), Set.of()));
            }
        }
        Set<String> name = Set.of("name");
        Set<String> ofListeners = components(ListenerConfig.class, name);
        ofListeners.addAll(components(RelayConfig.class, name));
        assertThat(keys(reference, "listener-defaults")).isEqualTo(ofListeners);
        ConfigObject listener = (ConfigObject) value(reference, "listener-defaults");
        assertThat(keys(listener, "proxy-protocol")).isEqualTo(components(ProxyProtocolConfig.class, Set.of()));
        assertThat(keys(reference, "pool-defaults"))
                .isEqualTo(components(PoolConfig.class, Set.of("name", "backendLimits", "relay")));
        ConfigObject pool = (ConfigObject) value(reference, "pool-defaults");
        assertThat(keys(pool, "affinity")).isEqualTo(components(AffinityConfig.class, Set.of()));
        assertThat(keys(pool, "limits")).isEqualTo(components(LimitsConfig.class, Set.of()));
        // A backend's address is written together with its protocol, transport and path; its limits are its pool's
        // matter.
        Set<String> ofBackends = components(Backend.class, Set.of("protocol", "transport", "path"));
        ofBackends.add("limits");
        assertThat(keys(reference, "backend-defaults")).isEqualTo(ofBackends);
        assertThat(keys(reference, "sticky-cookie-defaults")).isEqualTo(components(StickyCookieConfig.class, Set.of()));
        assertThat(keys(reference, "tls-defaults")).isEqualTo(components(TlsConfig.class, name));
        assertThat(keys(reference, "certificate-defaults")).isEqualTo(components(CertificateConfig.class, Set.of()));
        assertThat(keys(pool, "health")).isEqualTo(components(HealthConfig.class, Set.of()));
        assertThat(keys(pool, "passive")).isEqualTo(components(PassiveConfig.class, Set.of()));
        Set<String> ofRules = new TreeSet<>();
        Stream.of(Condition.class, RuleConfig.Action.class)
                .flatMap(type -> Arrays.stream(type.getPermittedSubclasses()))
                .forEach(type -> ofRules.add(kebab(type.getSimpleName())));
        assertThat(keys(reference, "rule-defaults")).isEqualTo(ofRules);
    }

    @Test
    void everyKeyIsCommentedWithItsRange() {
        ConfigObject reference = ReferenceKey.reference();
        for (Map.Entry<String, ConfigValue> entry : reference.entrySet()) {
            assertThat(ReferenceKey.comment(entry.getValue()))
                    .as(entry.getKey())
                    .isNotEmpty();
        }
        for (ReferenceKey key : ReferenceKey.below("", reference)) {
            assertThat(key.meaning() + key.range()).as(key.name()).isNotEmpty();
            assertThat(key.range()).as(key.name()).isNotEmpty();
        }
    }

    @Test
    void theRangeOfEveryKeyIsWhatItsMessageExpects() {
        List<String> different = new ArrayList<>();
        for (ReferenceKey key : ReferenceKey.below("", ReferenceKey.reference())) {
            String last = key.name().substring(key.name().lastIndexOf('.') + 1);
            String text = withBadValue(key.name(), last + " = " + (LISTS.contains(last) ? "[]" : "{}"));
            Loading loading = Loading.in(folder);
            List<String> lines = loading.lines(loading.text(text));
            if (lines.stream().noneMatch(line -> line.endsWith(" (expected: " + key.range() + ")"))) {
                different.add(key.name() + ": " + key.range() + " is not in " + lines);
            }
        }
        assertThat(different).isEmpty();
    }

    /** A file that is good but for that assignment, at the place that the key of reference.conf stands for. */
    private static String withBadValue(String key, String assignment) {
        String listener = "";
        String pool = "";
        String backend = "";
        String protocol = key.startsWith("sticky-cookie-defaults.") ? "http" : "udp";
        String rule = "pool = p";
        String other = "";
        String transport = key.equals("listener-defaults.tls") ? "tls" : "tcp";
        if (key.startsWith("tls-defaults.")) {
            other = "tls { t { " + assignment + " } }";
        } else if (key.startsWith("certificate-defaults.")) {
            other = "tls { t { certificates = [{ " + assignment + " }] } }";
        } else if (key.startsWith("listener-defaults.")) {
            listener = nesting(key) + assignment;
            transport = key.endsWith(".pool") || key.endsWith(".flow-timeout") ? "udp-relay" : transport;
        } else if (key.startsWith("pool-defaults.")) {
            pool = nesting(key) + assignment;
        } else if (key.startsWith("sticky-cookie-defaults.")) {
            pool = "sticky-cookie { " + assignment + " }";
        } else if (key.startsWith("backend-defaults.")) {
            backend = nesting(key) + assignment;
        } else if (key.startsWith("rule-defaults.")) {
            rule = assignment;
        } else {
            other = key.substring(0, key.lastIndexOf('.') + 1) + assignment;
        }
        return "listeners { a { transport = " + transport + ", bind = \"127.0.0.1:0\", " + listener + " } }\n"
                + "pools { p { backends = [{ address = \"" + protocol + ":127.0.0.1\", " + backend + " }], " + pool
                + " } }\n"
                + "rules = [{ " + rule + " }]\n" + other + "\n";
    }

    /** What stands between the first and the last dot, with its own: {@code affinity.} of {@code pool-defaults.affinity.expire}. */
    private static String nesting(String key) {
        return key.substring(key.indexOf('.') + 1, key.lastIndexOf('.') + 1);
    }

    private static Set<String> keys(ConfigObject object, String key) {
        return new TreeSet<>(((ConfigObject) value(object, key)).keySet());
    }

    private static ConfigValue value(ConfigObject object, String key) {
        ConfigValue value = object.get(key);
        assertThat(value).as(key).isInstanceOf(ConfigObject.class);
        return java.util.Objects.requireNonNull(value);
    }

    private static Set<String> components(Class<?> type, Set<String> notKeys) {
        Set<String> names = new TreeSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (!notKeys.contains(component.getName())) {
                names.add(kebab(component.getName()));
            }
        }
        return names;
    }

    /** The key of a component: a size in bytes has its unit in the value, not in the name. */
    private static String kebab(String name) {
        StringBuilder out = new StringBuilder();
        for (char c : name.replaceAll("Bytes$", "").toCharArray()) {
            if (Character.isUpperCase(c) && out.length() > 0) {
                out.append('-');
            }
            out.append(c);
        }
        return out.toString().toLowerCase(Locale.ROOT);
    }
}
