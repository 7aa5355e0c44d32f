package org.strowger.proxy;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import java.util.Locale;
import java.util.Objects;
import org.slf4j.LoggerFactory;
import org.strowger.proxy.config.LoggingConfig;

/**
 * Has the log look as the configuration says. A system property (docs/operations.md) that was set at start wins over
 * the file, so that one run can be looked at closely without a change of it.
 */
final class LogSetup {

    private LogSetup() {}

    /** Of the log of this process. */
    static void apply(LoggingConfig logging) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            apply(logging, context);
        }
    }

    /** Reads logback.xml again with the settings as its properties. */
    static void apply(LoggingConfig logging, LoggerContext context) {
        context.reset();
        put(context, "strowger.log.level", logging.level().name());
        put(context, "strowger.log.format", logging.format().name().toLowerCase(Locale.ROOT));
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        URL file = Objects.requireNonNull(LogSetup.class.getResource("/logback.xml"), "logback.xml is in the jar");
        try {
            configurator.doConfigure(file);
        } catch (JoranException e) {
            throw new IllegalStateException("logback.xml of the jar cannot be read", e);
        }
    }

    private static void put(LoggerContext context, String name, String value) {
        if (System.getProperty(name) == null) {
            context.putProperty(name, value);
        }
    }
}
