package org.strowger.sip.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Our parser and the reference implementation of JAIN SIP read the same generated messages; where they differ, {@link
 * KnownDifference} says why. {@code -Dstrowger.oracle.messages=100000} for more of them.
 */
class JainOracleTest {
    private static final int MESSAGES = Integer.getInteger("strowger.oracle.messages", 3_000);

    @Test
    void everyDifferenceHasAReason() {
        MessageGenerator generator = new MessageGenerator(new Random(20261123));
        List<String> unexplained = new ArrayList<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < MESSAGES; i++) {
            Draft draft = generator.next();
            byte[] bytes = draft.text().getBytes(UTF_8);
            Reading ours = Reading.ours(bytes);
            Reading jain = Reading.jain(draft.text());
            String verdicts = ours.isAccepted() ? "both accept" : "both refuse";
            if (ours.isAccepted() != jain.isAccepted()) {
                verdicts = ours.isAccepted() ? "only ours accepts" : "only JAIN accepts";
            }
            counts.merge(verdicts, 1, Integer::sum);
            for (String part : differing(ours, jain)) {
                String why = KnownDifference.explain(draft, part, ours, jain);
                counts.merge(
                        "  " + part + (why.isEmpty() ? " UNEXPLAINED " + draft.oddities + " " + verdicts : ": " + why),
                        1,
                        Integer::sum);
                if (why.isEmpty() && unexplained.size() < 10) {
                    unexplained.add(part + " " + draft.oddities + " ours=" + ours.reason() + ours.parts() + "\n jain="
                            + jain.reason() + jain.parts() + "\n"
                            + draft.text().replaceAll("b{20,}", "bb").replaceAll("x{20,}", "xx"));
                }
            }
        }
        System.out.println(MESSAGES + " messages:\n"
                + String.join(
                        "\n", counts.entrySet().stream().map(Object::toString).toList()));
        assertThat(unexplained).isEmpty();
        assertThat(counts.get("both accept")).isGreaterThan(MESSAGES / 3);
        assertThat(counts.get("both refuse")).isGreaterThan(MESSAGES / 20);
    }

    private static List<String> differing(Reading ours, Reading jain) {
        if (ours.isAccepted() != jain.isAccepted()) {
            return List.of("verdict");
        }
        return ours.parts().entrySet().stream()
                .filter(part -> !part.getValue().equalsIgnoreCase(jain.parts().get(part.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }
}
