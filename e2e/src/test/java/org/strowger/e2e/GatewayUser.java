package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/** A user of a Janus gateway in a page of the browser: e2e/browser/gateway.js. */
final class GatewayUser {
    private final Browser browser;
    private final String page;
    private final String url;
    private String home = "";

    private GatewayUser(Browser browser, String page, String url) {
        this.browser = browser;
        this.page = page;
        this.url = url;
    }

    /** Opens its page in a fresh profile, through the proxy. */
    static GatewayUser open(Browser browser, String page, String server, String scheme) {
        browser.open(page, "https://" + server + "/gateway.html");
        assertThat(browser.run(page, "ready")).isEqualTo("\"ready\"");
        return new GatewayUser(browser, page, scheme + "://" + server + "/janus");
    }

    /** Creates a session. */
    void begin() {
        assertThat(run("begin('" + url + "')")).isEqualTo("session");
        home = run("name()");
    }

    /** The gateway where its session is. */
    String home() {
        return home;
    }

    /** Negotiates media with the EchoTest plugin. */
    void echo() {
        assertThat(run("echo()")).isEqualTo("answered");
        browser.awaitTrue(page, "gateway.log.includes('result ok')");
        browser.run(page, "void (gateway.log.length = 0)");
    }

    /** Ends its session and creates further ones: its cookie leads them to the same gateway. */
    void comesBackToTheSame() {
        String before = home;
        for (int i = 0; i < 3; i++) {
            run("end()");
            begin();
            assertThat(home).isEqualTo(before);
        }
    }

    /** It is told: by the end of its WebSocket, or by what its polls are answered. */
    void losesItsSession() {
        browser.awaitTrue(page, "gateway.log.includes('lost: Lost connection to the server (is it down?)')");
    }

    void isStillThere() {
        assertThat(run("message()")).isEqualTo("ok");
    }

    private String run(String call) {
        String json = browser.run(page, "gateway." + call);
        return json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
    }
}
