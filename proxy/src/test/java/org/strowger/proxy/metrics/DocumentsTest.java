package org.strowger.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds docs/metrics.md and the drop reasons of docs/operations.md against the code, both ways. */
final class DocumentsTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void metricsOfOursAreListedExactly() throws IOException {
        List<String> rows = lines("metrics.md").stream()
                .filter(line -> line.startsWith("| `strowger_"))
                .toList();
        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(MetricName.values())
                        .map(DocumentsTest::row)
                        .toList());
    }

    @Test
    void metricsOfTheJvmAndTheProcessAreListed() throws IOException {
        String document = String.join("\n", lines("metrics.md"));
        try (Scrape scrape = new Scrape(new CounterRegistry(1), new BackendCounterTable(1), List::of, "test")) {
            assertThat(ScrapeTest.names(scrape.text()))
                    .allSatisfy(name -> assertThat(document).contains("`" + name + "`"));
        }
    }

    @Test
    void dropReasonsAreExplainedExactly() throws IOException {
        List<String> lines = lines("operations.md");
        int start = lines.indexOf("## Drop reasons");
        assertThat(start).isPositive();
        List<String> explained = new ArrayList<>();
        for (String line : lines.subList(start + 1, lines.size())) {
            if (line.startsWith("## ")) {
                break;
            }
            if (line.startsWith("| `")) {
                explained.add(line.substring(3, line.indexOf('`', 3)));
            }
        }
        assertThat(explained)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Counter.values())
                        .filter(counter -> counter.metric() == MetricName.DROPS)
                        .map(counter -> counter.labelValues().get(0))
                        .toList());
    }

    private static List<String> lines(String file) throws IOException {
        return Files.readAllLines(DOCS.resolve(file));
    }

    /** {@code | `name` | kind | labels with their values | help |}. */
    private static String row(MetricName name) {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < name.labelKeys().size(); i++) {
            Set<String> values = values(name, i);
            String key = "`" + name.labelKeys().get(i) + "`";
            labels.add(values.isEmpty() ? key : key + ": " + String.join(", ", values));
        }
        return "| `" + name.prometheusName() + "` | " + name.kind().name().toLowerCase(Locale.ROOT) + " | "
                + String.join("; ", labels) + " | " + name.help() + " |";
    }

    /** The values that the enums give a label; none for those that the configuration gives. */
    private static Set<String> values(MetricName name, int label) {
        Set<String> values = Arrays.stream(Counter.values())
                .filter(counter -> counter.metric() == name)
                .map(counter -> counter.labelValues().get(label))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (label > 0) {
            Arrays.stream(BackendCounter.values())
                    .filter(counter -> counter.metric() == name)
                    .map(counter -> counter.labelValues().get(label - 1))
                    .forEach(values::add);
        }
        return values;
    }
}
