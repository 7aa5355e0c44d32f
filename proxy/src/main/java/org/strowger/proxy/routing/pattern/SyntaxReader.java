package org.strowger.proxy.routing.pattern;

import java.util.ArrayList;
import java.util.List;
import org.strowger.threading.RunsOn;

/**
 * Reads a pattern that RE2/J has accepted: literals, classes, groups, alternatives, repetition, anchors, and the flags
 * {@code i} and {@code s}. Everything else in RE2's syntax (word boundaries, Unicode and POSIX classes, {@code \Q}, other
 * flags) raises {@link UnsupportedPatternException}.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class SyntaxReader {
    private final String text;
    private int at;
    private boolean foldCase;
    private boolean dotMatchesNewline;

    private SyntaxReader(String text) {
        this.text = text;
    }

    static Syntax read(String pattern) {
        SyntaxReader reader = new SyntaxReader(pattern);
        Syntax syntax = reader.choice();
        if (reader.at < pattern.length()) {
            throw new UnsupportedPatternException(pattern.substring(reader.at));
        }
        return syntax;
    }

    private boolean more() {
        return at < text.length();
    }

    private boolean skip(String expected) {
        boolean found = text.startsWith(expected, at);
        at += found ? expected.length() : 0;
        return found;
    }

    private int next() {
        if (!more()) {
            throw new UnsupportedPatternException("end of pattern");
        }
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    private Syntax choice() {
        boolean outerFold = foldCase;
        boolean outerDot = dotMatchesNewline;
        List<Syntax> options = new ArrayList<>();
        do {
            options.add(sequence());
        } while (skip("|"));
        foldCase = outerFold;
        dotMatchesNewline = outerDot;
        return options.size() == 1 ? options.get(0) : new Syntax.Choice(options);
    }

    private Syntax sequence() {
        List<Syntax> parts = new ArrayList<>();
        while (more() && text.charAt(at) != '|' && text.charAt(at) != ')') {
            if (!flags()) {
                parts.add(repeated(atom()));
            }
        }
        return parts.size() == 1 ? parts.get(0) : new Syntax.Sequence(parts);
    }

    /** {@code (?i)} and the like, which hold to the end of the group. */
    private boolean flags() {
        int close = text.indexOf(')', at);
        if (!text.startsWith("(?", at) || close < 0 || !isFlags(at + 2, close)) {
            return false;
        }
        setFlags(at + 2, close);
        at = close + 1;
        return true;
    }

    private boolean isFlags(int from, int to) {
        for (int i = from; i < to; i++) {
            if ("is-".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return to > from;
    }

    private void setFlags(int from, int to) {
        boolean on = true;
        for (int i = from; i < to; i++) {
            switch (text.charAt(i)) {
                case 'i' -> foldCase = on;
                case 's' -> dotMatchesNewline = on;
                default -> on = false;
            }
        }
    }

    private Syntax atom() {
        int c = next();
        return switch (c) {
            case '(' -> group();
            case '[' -> bracket();
            case '.' -> dotMatchesNewline ? new CharSet().negate().toSyntax() : not('\n');
            case '^' -> Syntax.Edge.BEGIN;
            case '$' -> Syntax.Edge.END;
            case '\\' -> escape();
            default -> literal(c);
        };
    }

    private static Syntax not(char c) {
        return new CharSet().add(c, c).negate().toSyntax();
    }

    private Syntax literal(int c) {
        CharSet set = new CharSet().add(c, c);
        return (foldCase ? set.foldCase() : set).toSyntax();
    }

    private Syntax group() {
        boolean outerFold = foldCase;
        boolean outerDot = dotMatchesNewline;
        if (skip("?")) {
            if (skip("P<") || skip("<")) {
                at = text.indexOf('>', at) + 1;
            } else {
                int colon = text.indexOf(':', at);
                if (colon < 0 || (colon > at && !isFlags(at, colon))) {
                    throw new UnsupportedPatternException("(?");
                }
                setFlags(at, colon);
                at = colon + 1;
            }
        }
        Syntax inner = choice();
        foldCase = outerFold;
        dotMatchesNewline = outerDot;
        if (!skip(")")) {
            throw new UnsupportedPatternException("(");
        }
        return inner;
    }

    private Syntax escape() {
        int c = next();
        return switch (c) {
            case 'A' -> Syntax.Edge.BEGIN;
            case 'z' -> Syntax.Edge.END;
            case 'd', 's', 'w', 'D', 'S', 'W' -> perl((char) c).toSyntax();
            default -> literal(escapedCharacter(c));
        };
    }

    private CharSet perl(char letter) {
        CharSet set = CharSet.perl(Character.toLowerCase(letter));
        if (foldCase) {
            set.foldCase();
        }
        return Character.isUpperCase(letter) ? set.negate() : set;
    }

    /** The character that a backslash and {@code c} stand for. */
    private int escapedCharacter(int c) {
        return switch (c) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'v' -> 0x0B;
            case 'a' -> 0x07;
            case 'x' -> hexadecimal();
            default -> {
                if (c > 0x7F || Character.isLetterOrDigit(c)) {
                    throw new UnsupportedPatternException("\\" + Character.toString(c));
                }
                yield c;
            }
        };
    }

    private int hexadecimal() {
        int from = at;
        if (skip("{")) {
            at = text.indexOf('}', at) + 1;
            return Integer.parseInt(text, from + 1, at - 1, 16);
        }
        at += 2;
        return Integer.parseInt(text, from, at, 16);
    }

    private Syntax bracket() {
        boolean negated = skip("^");
        CharSet set = new CharSet();
        boolean first = true;
        while (first || !skip("]")) {
            first = false;
            if (text.startsWith("[:", at)) {
                throw new UnsupportedPatternException("[:");
            }
            bracketItem(set);
        }
        if (foldCase) {
            set.foldCase();
        }
        return (negated ? set.negate() : set).toSyntax();
    }

    /** One character, one range or one class of a bracket expression. */
    private void bracketItem(CharSet set) {
        int low = next();
        if (low == '\\') {
            int c = next();
            if (c < 0x80 && "dswDSW".indexOf(c) >= 0) {
                set.addAll(perl((char) c));
                return;
            }
            low = escapedCharacter(c);
        }
        int high = low;
        if (text.startsWith("-", at) && !text.startsWith("-]", at)) {
            at++;
            high = next();
            high = high == '\\' ? escapedCharacter(next()) : high;
        }
        set.add(low, high);
    }

    /** What follows an atom: {@code * + ? {m,n}}; laziness does not matter to whether a text matches. */
    private Syntax repeated(Syntax atom) {
        Syntax result = atom;
        while (more()) {
            if (skip("*")) {
                result = new Syntax.Repeat(result, 0, Syntax.Repeat.UNLIMITED);
            } else if (skip("+")) {
                result = new Syntax.Repeat(result, 1, Syntax.Repeat.UNLIMITED);
            } else if (skip("?")) {
                result = new Syntax.Repeat(result, 0, 1);
            } else {
                int close = countEnd();
                if (close < 0) {
                    break;
                }
                result = counted(result, text.substring(at + 1, close));
                at = close + 1;
            }
            skip("?");
        }
        return result;
    }

    /** The closing brace of a count that begins here, or -1: a brace that opens no count is a literal. */
    private int countEnd() {
        int close = text.charAt(at) == '{' ? text.indexOf('}', at) : -1;
        return close >= 0 && text.substring(at + 1, close).matches("\\d+(,\\d*)?") ? close : -1;
    }

    private static Syntax counted(Syntax part, String count) {
        int comma = count.indexOf(',');
        if (comma < 0) {
            int exactly = Integer.parseInt(count);
            return new Syntax.Repeat(part, exactly, exactly);
        }
        int min = Integer.parseInt(count, 0, comma, 10);
        boolean open = comma == count.length() - 1;
        return new Syntax.Repeat(
                part, min, open ? Syntax.Repeat.UNLIMITED : Integer.parseInt(count, comma + 1, count.length(), 10));
    }
}
