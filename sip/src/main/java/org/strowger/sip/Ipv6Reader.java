package org.strowger.sip;

import org.strowger.threading.RunsOn;

/**
 * Reads one IPv6 address (RFC 4291 section 2.2, all three text forms, and the one of RFC 5118 section 4.10); short-lived,
 * so that it stays on the stack.
 */
@RunsOn(RunsOn.Runner.ANY)
final class Ipv6Reader {
    private final byte[] text;
    private final int end;
    private int at;
    private long high;
    private long low;
    private int groups;
    /** The number of groups before {@code ::}, or -1 when there is none. */
    private int gap = -1;

    Ipv6Reader(byte[] text, int from, int end) {
        this.text = text;
        this.at = from;
        this.end = end;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    boolean read() {
        if (end - at < 2 || (text[at] == ':' && text[at + 1] != ':')) {
            return false;
        }
        while (at < end) {
            if (text[at] == ':') {
                if (!separator()) {
                    return false;
                }
                continue;
            }
            if (groups == 8 || !group()) {
                return false;
            }
        }
        return gap < 0 ? groups == 8 : groups < 8 && openGap();
    }

    /** A colon between groups, or the one {@code ::}. */
    private boolean separator() {
        if (at + 1 < end && text[at + 1] == ':') {
            if (gap >= 0) {
                return false;
            }
            gap = groups;
            at += 2;
            return at == end || text[at] != ':' || thirdColon();
        }
        boolean afterGroup = groups > 0 && groups != gap;
        at++;
        return afterGroup && at < end && text[at] != ':';
    }

    /** The grammar of RFC 3261 asks for a third colon before an IPv4 tail; RFC 5118 section 4.10: tolerate it. */
    private boolean thirdColon() {
        at++;
        int digits = at;
        while (digits < end && text[digits] >= '0' && text[digits] <= '9') {
            digits++;
        }
        return digits > at && digits < end && text[digits] == '.';
    }

    private boolean group() {
        int start = at;
        int value = 0;
        while (at < end && digit(text[at]) >= 0) {
            value = value << 4 | digit(text[at++]);
            if (at - start > 4) {
                return false;
            }
        }
        if (at < end && text[at] == '.') {
            return ipv4Tail(start);
        }
        if (at == start || (at < end && text[at] != ':')) {
            return false;
        }
        append(value);
        return true;
    }

    private boolean ipv4Tail(int start) {
        if (groups > 6) {
            return false;
        }
        int from = start;
        int address = 0;
        for (int part = 0; part < 4; part++) {
            int value = 0;
            int digits = 0;
            while (from < end && text[from] >= '0' && text[from] <= '9' && digits < 3) {
                value = value * 10 + text[from++] - '0';
                digits++;
            }
            if (digits == 0 || value > 255 || (part < 3 && (from >= end || text[from++] != '.'))) {
                return false;
            }
            address = address << 8 | value;
        }
        if (from != end) {
            return false;
        }
        at = end;
        append(address >>> 16);
        append(address & 0xFFFF);
        return true;
    }

    private void append(int value) {
        high = high << 16 | low >>> 48;
        low = low << 16 | value;
        groups++;
    }

    /** Moves the groups before the gap to the front. */
    private boolean openGap() {
        int missing = 8 - groups;
        int after = groups - gap;
        for (int i = 0; i < missing; i++) {
            insertZero(after);
        }
        return true;
    }

    /** Inserts a zero group above the lowest {@code after} groups. */
    private void insertZero(int after) {
        if (after >= 4) {
            int bits = 16 * (after - 4);
            long keep = bits == 0 ? 0 : high & ((1L << bits) - 1);
            long top = bits == 0 ? high : high >>> bits;
            high = (bits + 16 >= 64 ? 0 : top << (bits + 16)) | keep;
            return;
        }
        int bits = 16 * after;
        long keep = bits == 0 ? 0 : low & ((1L << bits) - 1);
        long top = bits == 0 ? low : low >>> bits;
        high = high << 16 | low >>> 48;
        low = (bits + 16 >= 64 ? 0 : top << (bits + 16)) | keep;
    }

    private static int digit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
