package org.strowger.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.sip.cookie.ClusterKey;
import org.strowger.sip.cookie.Cookie;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.sip.stream.FrameFailure;
import org.strowger.sip.stream.FrameLimits;
import org.strowger.sip.stream.SipFramer;

/** Damaged messages by the ten thousand, the same on every run: no exception, and nothing points outside. */
class MutationTest {
    private final SplittableRandom random = new SplittableRandom(4475_5118);
    private final Mutations mutations = new Mutations(random);
    private final SipParser parser = new SipParser();
    private final SipMessage message = new SipMessage(64);
    private int agreed;

    @Test
    void damagedMessagesAreReadWithinTheirBounds() {
        int passed = 0;
        for (int i = 0; i < 60_000; i++) {
            byte[] bytes = mutations.next();
            int before = random.nextInt(4);
            byte[] padded = new byte[before + bytes.length + 3];
            Arrays.fill(padded, (byte) '\n');
            System.arraycopy(bytes, 0, padded, before, bytes.length);
            ParseFailure failure = parser.parse(padded, before, before + bytes.length, message);
            Spans.assertSound(message);
            assertThat(message.end()).isLessThanOrEqualTo(before + bytes.length);
            passed += failure == ParseFailure.NONE ? 1 : 0;
        }
        assertThat(passed).isBetween(6_000, 54_000);
    }

    @Test
    void damagedMessagesThatPassAreReadAsEdited() {
        RandomEdits edits = new RandomEdits(random);
        SipEditor editor = new SipEditor();
        int passed = 0;
        for (int i = 0; i < 15_000; i++) {
            byte[] bytes = mutations.next();
            if (parser.parse(bytes, 0, bytes.length, message) == ParseFailure.NONE) {
                passed++;
                RandomEdits.assertUnchanged(message, editor);
                edits.assertReadAsEdited(message);
            }
        }
        assertThat(passed).isGreaterThan(1_500);
    }

    /** Two opinions on where a message ends is how a second one is smuggled in. */
    @Test
    void framerAndParserAgreeWhereAMessageEnds() {
        for (int i = 0; i < 15_000; i++) {
            byte[] bytes = mutations.next();
            SipFramer framer = new SipFramer(new FrameLimits(65_536, 65_536));
            framer.feed(bytes, 0, bytes.length, new Agreement());
        }
        assertThat(agreed).isGreaterThan(1_500);
    }

    @Test
    void noTextButACookieOfOursIsRead() {
        CookieCodec codec = new CookieCodec(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        Cookie cookie = new Cookie();
        byte[] genuine = new byte[CookieCodec.MAX_TEXT];
        int length = codec.write(cookie, genuine, 0);
        for (int i = 0; i < 40_000; i++) {
            byte[] text = Arrays.copyOf(genuine, random.nextInt(8) == 0 ? random.nextInt(200) : length);
            for (int changes = random.nextInt(3); changes > 0 && text.length > 0; changes--) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            }
            boolean same = Arrays.equals(text, 0, text.length, genuine, 0, length);
            assertThat(codec.read(text, 0, text.length, cookie).isValid()).isEqualTo(same);
        }
    }

    /** Reads each framed message and compares the end. */
    private final class Agreement implements SipFramer.Sink {
        @Override
        public void message(byte[] bytes, int from, int to) {
            if (parser.parse(bytes, from, to, message) == ParseFailure.NONE) {
                assertThat(message.end()).isEqualTo(to);
                assertThat(message.contentLength()).isEqualTo(to - message.bodyStart());
                agreed++;
            }
        }

        @Override
        public void ping() {}

        @Override
        public void pong() {}

        @Override
        public void broken(FrameFailure why, byte[] bytes, int from, int to) {
            parser.parse(bytes, from, to, message);
            Spans.assertSound(message);
        }
    }
}
