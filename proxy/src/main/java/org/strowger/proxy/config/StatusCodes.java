package org.strowger.proxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Some status codes, written one by one or as classes such as {@code 5xx}.
 *
 * @param codes 200..699, unmodifiable; may be empty
 */
public record StatusCodes(SortedSet<Integer> codes) {

    public StatusCodes {
        codes = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(codes));
        for (int code : codes) {
            Require.range("codes", code, 200, 699);
        }
    }

    public boolean contains(int code) {
        return codes.contains(code);
    }

    /** In few words, such as {@code [2xx, 400-407, 409]}. */
    public String text() {
        List<String> runs = new ArrayList<>();
        for (int first = 200; first < 700; first++) {
            int last = first;
            while (codes.contains(last) && codes.contains(last + 1) && last % 100 != 99) {
                last++;
            }
            if (codes.contains(first)) {
                runs.add(last - first == 99 ? first / 100 + "xx" : first == last ? "" + first : first + "-" + last);
            }
            first = last;
        }
        return runs.toString();
    }

    /** One code or class, not below {@code lowestClass} hundred. */
    static Syntax<StatusCodes> oneOrClass(int lowestClass) {
        int lowest = 100 * lowestClass;
        String expected = lowest + "..699, or a class such as 5xx, or a list of them";
        return Syntax.of(expected, text -> {
            boolean isClass = text.length() == 3 && text.endsWith("xx");
            Parsed<Integer> number = Syntax.integer(lowest, 699).parse(isClass ? text.charAt(0) + "00" : text);
            if (!(number instanceof Parsed.Ok<Integer> first)) {
                return new Parsed.Bad<>(expected);
            }
            SortedSet<Integer> codes = new TreeSet<>();
            for (int i = 0; i < (isClass ? 100 : 1); i++) {
                codes.add(first.value() + i);
            }
            return new Parsed.Ok<>(new StatusCodes(codes));
        });
    }

    /** The value of a key that is one of them or a list. */
    static StatusCodes read(Section section, String key, int lowestClass) {
        SortedSet<Integer> all = new TreeSet<>();
        for (Located element : section.oneOrMoreOrPreset(key)) {
            section.parse(element, oneOrClass(lowestClass)).ifPresent(codes -> all.addAll(codes.codes()));
        }
        return new StatusCodes(all);
    }
}
