package org.strowger.health.probe;

/**
 * What a backend said about its own load in its answer to a probe, as it wrote it.
 *
 * @param text the value of the header, or the body
 */
public record ReportedLoad(Form form, String text) {
    /** Where it was written. */
    public enum Form {
        /** The header {@code X-Strowger-Load}, of SIP or HTTP. */
        HEADER,
        /** The body of an HTTP answer whose type is JSON, at most its first 4096 bytes. */
        JSON
    }
}
