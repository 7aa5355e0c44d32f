package org.strowger.proxy.http;

/**
 * The cookie of a pool that leads a client to the same backend again, as browsers are told of it.
 *
 * @param name its name
 * @param pages which pages it serves
 */
public record Sticky(String name, Pages pages) {

    /** Which pages a cookie serves, by SameSite. */
    public enum Pages {
        /** Those of the same site, and links from others. */
        LAX("; SameSite=Lax"),
        /** Those of the same site. */
        STRICT("; SameSite=Strict"),
        /** All; browsers refuse such a cookie that is not for TLS alone. */
        NONE("; SameSite=None; Secure"),
        /** All, and for each site a cookie of its own, kept where others' cookies are not. */
        PARTITIONED("; SameSite=None; Secure; Partitioned");

        private final String attributes;

        Pages(String attributes) {
            this.attributes = attributes;
        }

        /** What follows the value in Set-Cookie, for a client that came so. */
        String attributes(Visitor.Security security) {
            boolean isSecure = this == NONE || this == PARTITIONED;
            return attributes + (!isSecure && security == Visitor.Security.TLS ? "; Secure" : "");
        }
    }
}
