package org.strowger.e2e;

/**
 * What became of one message: a line of what {@link TortureReplay} prints.
 *
 * @param name of its file
 * @param forwarded how many messages the backend got
 * @param relayed how many of its answers came back to the client
 * @param statuses of the proxy's own answers, with commas between them
 * @param alive whether a request after it went through, there and back
 * @param difference the first thing that was changed and must not be; empty for none
 */
record TortureOutcome(
        TortureWay way,
        String name,
        int forwarded,
        int relayed,
        String statuses,
        TortureCase.Connection connection,
        boolean alive,
        String difference) {
    private static final String MARK = "outcome";

    static boolean isOne(String line) {
        return line.startsWith(MARK + "\t");
    }

    static TortureOutcome of(String line) {
        String[] f = line.split("\t", -1);
        return new TortureOutcome(
                TortureWay.valueOf(f[1]),
                f[2],
                Integer.parseInt(f[3]),
                Integer.parseInt(f[4]),
                f[5],
                TortureCase.Connection.valueOf(f[6]),
                Boolean.parseBoolean(f[7]),
                f[8]);
    }

    String line() {
        String text = difference.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t");
        return String.join(
                "\t",
                MARK,
                way.name(),
                name,
                Integer.toString(forwarded),
                Integer.toString(relayed),
                statuses,
                connection.name(),
                Boolean.toString(alive),
                text);
    }
}
