package org.strowger.proxy.config;

import java.util.Locale;

/**
 * The cookie that leads a client to the same backend again.
 *
 * @param name a token
 * @param sameSite which pages it serves
 * @param partitioned whether browsers keep one for each site whose pages make requests; only where it serves all pages
 */
public record StickyCookieConfig(String name, SameSite sameSite, boolean partitioned) {

    public StickyCookieConfig {
        Require.that(Syntax.isToken(name), "name", name, "a token");
        Require.that(!partitioned || sameSite == SameSite.NONE, "partitioned", true, "false unless sameSite is NONE");
    }

    /** As operators write it, or nearly so. */
    @Override
    public String toString() {
        String same = sameSite.name().toLowerCase(Locale.ROOT);
        return name + (sameSite == SameSite.LAX ? "" : " same-site=" + same) + (partitioned ? " partitioned" : "");
    }
}
