package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.strowger.proxy.config.LogFormat;
import org.strowger.proxy.config.LogLevel;
import org.strowger.proxy.config.LoggingConfig;

/** What logback.xml makes of an event, for each of its properties. */
final class LoggingTest {

    @Test
    void textIsOneReadableLine() throws JoranException {
        assertThat(log(Map.of()))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) INFO  \\[.*] Thing:"
                        + " backend udp:10\\.0\\.0\\.1:5060 UP -> DOWN\\R");
    }

    @Test
    void jsonIsOneObjectALine() throws JoranException {
        String text = log(Map.of("strowger.log.format", "json"));
        assertThat(text.lines()).hasSize(1);
        Config json = ConfigFactory.parseString(text);
        assertThat(json.getString("level")).isEqualTo("INFO");
        assertThat(json.getString("loggerName")).isEqualTo("org.strowger.Thing");
        assertThat(json.getString("formattedMessage")).isEqualTo("backend udp:10.0.0.1:5060 UP -> DOWN");
    }

    @Test
    void levelsAreSetForOurClassesAndForLibrariesApart() throws JoranException {
        assertThat(log(Map.of("strowger.log.level", "WARN"))).isEmpty();
        assertThat(log(Map.of("strowger.log.level.libraries", "INFO")).lines()).hasSize(2);
    }

    @Test
    void theConfigurationSetsLevelAndFormat() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            LogSetup.apply(new LoggingConfig(LogLevel.WARN, LogFormat.JSON), context);
            context.getLogger("org.strowger.Thing").info("too little to say");
            context.getLogger("org.strowger.Thing").warn("enough");
        } finally {
            System.setOut(before);
            context.stop();
        }
        Config json = ConfigFactory.parseString(printed.toString(StandardCharsets.UTF_8));
        assertThat(json.getString("formattedMessage")).isEqualTo("enough");
    }

    /** Logs one event of ours and one of a library through a fresh logback context and returns what it printed. */
    private static String log(Map<String, String> properties) throws JoranException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        LoggerContext context = new LoggerContext();
        properties.forEach(context::putProperty);
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            JoranConfigurator configurator = new JoranConfigurator();
            configurator.setContext(context);
            context.setMDCAdapter(new LogbackMDCAdapter());
            configurator.doConfigure(LoggingTest.class.getResource("/logback.xml"));
            Logger ours = context.getLogger("org.strowger.Thing");
            ours.info("backend {} {} -> {}", "udp:10.0.0.1:5060", "UP", "DOWN");
            context.getLogger("io.library.Thing").info("something of no interest");
        } finally {
            System.setOut(before);
            context.stop();
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
