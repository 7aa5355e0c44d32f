package org.strowger.proxy.http;

import com.google.re2j.Pattern;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import org.strowger.proxy.routing.Cidr;

/** One thing that a rule demands of an HTTP request. */
public sealed interface HttpCondition {

    /** It came in on the listener with this number. */
    record OnListener(int number) implements HttpCondition {}

    /** Its sender's address lies in one of these ranges. */
    record FromSource(List<Cidr> ranges) implements HttpCondition {
        public FromSource {
            ranges = List.copyOf(ranges);
        }
    }

    /** Its method is one of these. */
    record Method(List<String> names) implements HttpCondition {
        public Method {
            names = List.copyOf(names);
        }
    }

    /** The host that it asks for, without port, is or matches that. */
    record Host(Text text) implements HttpCondition {}

    /** Its path is below that one, by whole segments: {@code /janus} holds for {@code /janus} and {@code /janus/info}. */
    record PathBelow(String prefix) implements HttpCondition {}

    /** Its path matches. */
    record PathLike(Pattern pattern) implements HttpCondition {}

    /** Some field of that name is or matches that. */
    record Field(String name, Text text) implements HttpCondition {}

    /** Its sender's address is one of this percentage of all, the same ones on every node and for every rule. */
    record Percent(double percent) implements HttpCondition {}

    /** What a text is held against. */
    sealed interface Text {
        boolean holds(String value);
    }

    /** The whole text. */
    record Exact(String text) implements Text {
        @Override
        public boolean holds(String value) {
            return value.equals(text);
        }
    }

    /** A regular expression that occurs in it; time linear in its length. */
    record Like(Pattern pattern) implements Text {
        @Override
        public boolean holds(String value) {
            return pattern.matcher(value).find();
        }
    }

    /** What rules look at. */
    record Subject(Visitor visitor, String method, String host, String path, HttpHeaders fields, long sourceHash) {
        static Subject of(RequestHead request, Visitor visitor) {
            return new Subject(
                    visitor,
                    request.method(),
                    request.host(),
                    RequestTarget.normal(request.path()),
                    request.fields(),
                    Choice.hash(visitor.address()));
        }
    }

    /** True when a request fulfils it. */
    default boolean holds(Subject subject) {
        if (this instanceof OnListener on) {
            return subject.visitor().listener() == on.number();
        }
        if (this instanceof FromSource from) {
            return from.ranges().stream()
                    .anyMatch(range -> range.contains(subject.visitor().source()));
        }
        if (this instanceof Method method) {
            return method.names().contains(subject.method());
        }
        if (this instanceof Host host) {
            return host.text().holds(subject.host());
        }
        if (this instanceof PathBelow below) {
            return isBelow(subject.path(), below.prefix());
        }
        if (this instanceof PathLike like) {
            return like.pattern().matcher(subject.path()).find();
        }
        if (this instanceof Field field) {
            return subject.fields().getAll(field.name()).stream().anyMatch(field.text()::holds);
        }
        long fraction = subject.sourceHash() & 0xFFFF_FFFFL;
        return fraction < Math.round(((Percent) this).percent() / 100 * (1L << 32));
    }

    private static boolean isBelow(String path, String prefix) {
        return path.startsWith(prefix)
                && (path.length() == prefix.length() || prefix.endsWith("/") || path.charAt(prefix.length()) == '/');
    }

    /** What of a request was held against it, for people. */
    default String seen(Subject subject) {
        if (this instanceof OnListener) {
            return "listener is number " + subject.visitor().listener();
        }
        if (this instanceof FromSource) {
            return "source is " + subject.visitor().address();
        }
        if (this instanceof Method) {
            return "method is " + subject.method();
        }
        if (this instanceof Host) {
            return "host is " + subject.host();
        }
        if (this instanceof PathBelow || this instanceof PathLike) {
            return "path is " + subject.path();
        }
        if (this instanceof Field field) {
            List<String> values = subject.fields().getAll(field.name());
            return field.name() + (values.isEmpty() ? " is absent" : " is " + String.join(" / ", values));
        }
        double place = 100.0 * (subject.sourceHash() & 0xFFFF_FFFFL) / (1L << 32);
        return String.format(Locale.ROOT, "source falls at %.3f %%", place);
    }
}
