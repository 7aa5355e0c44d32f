package org.strowger.e2e;

/** A phone in a page of the browser: e2e/browser/phones.js. */
final class BrowserPhone implements CallParty {
    private final Browser browser;
    private final String user;

    private BrowserPhone(Browser browser, String user) {
        this.browser = browser;
        this.user = user;
    }

    /** The library that it is made of. */
    enum Kind {
        JSSIP("jssip"),
        SIP_JS("sip.js");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    /**
     * Opens a page with the phone of a user, which registers.
     *
     * @param server a {@code ws:} or {@code wss:} URL
     */
    static BrowserPhone open(Browser browser, Kind kind, String user, String server) {
        browser.open(user, browser.origin() + "/phones.html");
        browser.run(user, "makePhone('" + kind.word + "', '" + user + "', '" + server + "')");
        return new BrowserPhone(browser, user);
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public void awaitRegistered(int times) {
        awaitEvents("registered", times);
    }

    @Override
    public void dial(String other) {
        browser.run(user, "phone.call('" + other + "')");
    }

    @Override
    public void hangUp() {
        browser.run(user, "phone.hangUp()");
    }

    @Override
    public void awaitEstablished(int calls) {
        awaitEvents("confirmed", calls);
    }

    @Override
    public void awaitClosed(int calls) {
        awaitEvents("ended", calls);
    }

    /** Waits until so many calls of this phone were refused with a status. */
    void awaitRefused(int status, int calls) {
        awaitEvents("failed " + status, calls);
    }

    /** Its user closes the tab. */
    void close() {
        browser.close(user);
    }

    private void awaitEvents(String event, int times) {
        browser.awaitTrue(user, "phone.log.lines.filter((line) => line === '" + event + "').length >= " + times);
    }
}
