package org.strowger.health.probe;

import gov.nist.core.CommonLogger;
import gov.nist.core.StackLogger;
import java.util.Properties;
import org.strowger.threading.RunsOn;

/**
 * Takes what JAIN SIP wants to log and drops it: its parser logs each odd message, which a stranger may send, and where it
 * is given no logger it asks for log4j 1, which is not here.
 */
@RunsOn(RunsOn.Runner.ANY)
final class SilentLogger implements StackLogger {

    private SilentLogger() {}

    /** Before the first use of JAIN SIP in a process. Its logger is a static field; there is no other way in. */
    static void install() {
        CommonLogger.legacyLogger = new SilentLogger();
    }

    @Override
    public void logStackTrace() {}

    @Override
    public void logStackTrace(int traceLevel) {}

    @Override
    public int getLineCount() {
        return 0;
    }

    @Override
    public void logException(Throwable ex) {}

    @Override
    public void logDebug(String message) {}

    @Override
    public void logDebug(String message, Exception ex) {}

    @Override
    public void logTrace(String message) {}

    @Override
    public void logFatalError(String message) {}

    @Override
    public void logError(String message) {}

    @Override
    public boolean isLoggingEnabled() {
        return false;
    }

    @Override
    public boolean isLoggingEnabled(int logLevel) {
        return false;
    }

    @Override
    public void logError(String message, Exception ex) {}

    @Override
    public void logWarning(String string) {}

    @Override
    public void logInfo(String string) {}

    @Override
    public void disableLogging() {}

    @Override
    public void enableLogging() {}

    @Override
    public void setBuildTimeStamp(String buildTimeStamp) {}

    @Override
    public void setStackProperties(Properties stackProperties) {}

    @Override
    public String getLoggerName() {
        return "none";
    }
}
