package org.strowger.proxy;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.strowger.threading.RunsOn;
import org.strowger.threading.RunsOn.Runner;

/** The house rules that the compiler cannot hold, checked on the byte code of every module that the program is made of. */
class ArchitectureIT {
    private static final String ROOT = "org.strowger.proxy";
    private static final String DEMO = ROOT + ".demo..";
    private static final String[] DATA_PATH = {
        "org.strowger.sip..",
        ROOT + ".transport..",
        ROOT + ".routing..",
        ROOT + ".balancing..",
        ROOT + ".calls..",
        ROOT + ".forwarding..",
        ROOT + ".spreading..",
        ROOT + ".inflight.."
    };
    private static final Pattern DATA_PATH_SOURCES = Pattern.compile(
            "/main/java[0-9]*/org/strowger/(sip|proxy/(transport|routing|balancing|calls|forwarding|spreading|inflight))/");
    private static final String EMPTY_WORD = "(Utils?|Helpers?|Manager|Impl|Abstract|Base|Common|Context|Info|Data)";
    private static final String EMPTY_NAME = EMPTY_WORD + "([A-Z]\\w*)?|\\w*[a-z0-9]" + EMPTY_WORD;
    private static final Set<String> CLOCKS_AND_DICE = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.lang.Math.random",
            "java.util.random.RandomGenerator.getDefault",
            Instant.class.getName() + ".now",
            Random.class.getName() + ".<init>",
            ThreadLocalRandom.class.getName() + ".current");

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.strowger");

    @Test
    void packagesAreFreeOfCycles() {
        check(slices().matching("org.strowger.(**)")
                .should()
                .beFreeOfCycles()
                .because("a package is understood from what it imports; move the shared type to the lower package"));
    }

    @Test
    void sipKnowsOnlyBytes() {
        DescribedPredicate<JavaClass> bytes = resideInAnyPackage(
                "", // arrays of primitives
                "java..",
                "javax.crypto..",
                "io.netty.buffer..",
                "io.netty.util..",
                "org.jspecify..",
                "org.strowger.threading..",
                "org.strowger.sip..");
        DescribedPredicate<JavaClass> pipeline = resideInAnyPackage("io.netty.channel..", "io.netty.handler.codec..");
        String stream = "org.strowger.sip.stream..";
        check(classes()
                .that(resideInAPackage("org.strowger.sip..").and(resideOutsideOfPackages(stream)))
                .should()
                .onlyDependOnClassesThat(bytes)
                .because("the parser is a function of bytes that every module and every test can call"));
        check(classes()
                .that()
                .resideInAPackage(stream)
                .should()
                .onlyDependOnClassesThat(bytes.or(pipeline))
                .because("of the sip module only the framing sits in a pipeline"));
    }

    @Test
    void decisionsAreMadeWithoutSockets() {
        check(noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".routing..", ROOT + ".balancing..", ROOT + ".calls..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.channel..")
                .because(
                        "routing and balancing are functions of message, snapshot and clock, tested without a socket"));
    }

    @Test
    void onlyTheAssemblyReadsTheConfiguration() {
        check(noClasses()
                .that(resideOutsideOfPackages(ROOT, ROOT + ".config..", ROOT + ".control..", DEMO))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".config..")
                .because("a component gets its own few values from the root package; control compares whole trees"));
    }

    @Test
    void onlyTheCommandLineTalksToTheTerminal() {
        check(noClasses()
                .that(resideOutsideOfPackages(DEMO).and(isOutside("Main")))
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("all others log, count or throw; only " + ROOT + ".Main and the demo print and exit"));
    }

    @Test
    void namesSayWhatTheJobIs() {
        check(noClasses()
                .should()
                .haveNameMatching(".*[.$](" + EMPTY_NAME + ")")
                .because("such a name means that the job is not understood yet; use the words of the field"));
    }

    @Test
    void timeAndChanceComeThroughTheConstructor() {
        check(noClasses()
                .that(resideOutsideOfPackages(ROOT))
                .should()
                .accessTargetWhere(
                        describe("a clock, a random source or a sleep is called", ArchitectureIT::isClockOrDice))
                .because("a test sets them; take a Ticker, a Clock or a RandomGenerator from the root package"));
    }

    @Test
    void nothingSleeps() {
        assertThat(Sources.linesWith(Pattern.compile("\\b(Thread|TimeUnit\\.[A-Z]+|SECONDS)\\.sleep\\("), path -> true))
                .as("a sleep is a guess; wait for the thing itself (in tests: await(), a latch, a mock ticker)")
                .isEmpty();
    }

    @Test
    void theDataPathTakesNoLocks() {
        check(noClasses()
                .that()
                .resideInAnyPackage(DATA_PATH)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent.locks..")
                .because("an event loop never waits; share nothing, or hand over to the loop that owns it"));
        assertThat(Sources.linesWith(Pattern.compile("^[^/*\"]*\\bsynchronized\\b"), ArchitectureIT::isDataPath))
                .as("an event loop never waits; share nothing, or hand over to the loop that owns it")
                .isEmpty();
    }

    @Test
    void everyClassSaysWhoRunsIt() {
        check(classes()
                .that(describe("are more than values or pure functions", ArchitectureIT::hasAThread))
                .should()
                .beAnnotatedWith(RunsOn.class)
                .because("thread rules must be readable: @RunsOn(EVENT_LOOP), @RunsOn(CONTROL) or @RunsOn(ANY)"));
    }

    @Test
    void eventLoopsDoNotCallTheControlLoop() {
        check(noClasses()
                .that(describe("run on an event loop", type -> runsOn(type, Runner.EVENT_LOOP)))
                .should()
                .accessTargetWhere(describe(
                        "the target runs on the control loop",
                        (JavaAccess<?> access) -> runsOn(access.getTargetOwner(), Runner.CONTROL)))
                .because("the control loop reads what event loops leave for it; they never call into it"));
    }

    @Test
    void staticFieldsNeverChange() {
        check(fields().that()
                .areStatic()
                .should()
                .beFinal()
                .andShould()
                .notHaveRawType(resideInAPackage("java.util.concurrent.atomic.."))
                .andShould()
                .notHaveRawType(ThreadLocal.class)
                .because("state belongs to an object that somebody builds, owns and closes"));
    }

    @Test
    void everyPackageIsNullMarkedAndDescribed() {
        Set<String> bare = new TreeSet<>();
        for (JavaClass type : MAIN) {
            JavaPackage home = type.getPackage();
            boolean marked = home.tryGetPackageInfo()
                    .map(description -> description.isAnnotatedWith(NullMarked.class))
                    .orElse(false);
            if (!marked) {
                bare.add(home.getName());
            }
        }
        assertThat(bare)
                .as("packages without a package-info.java that carries @NullMarked")
                .isEmpty();
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }

    private static DescribedPredicate<JavaClass> isOutside(String rootClass) {
        String name = ROOT + "." + rootClass;
        return describe(
                "are outside " + name,
                type -> !type.getName().equals(name) && !type.getName().startsWith(name + "$"));
    }

    private static boolean isClockOrDice(JavaAccess<?> access) {
        return CLOCKS_AND_DICE.contains(access.getTargetOwner().getName() + "." + access.getName());
    }

    private static boolean isDataPath(Path source) {
        return DATA_PATH_SOURCES.matcher(source.toString()).find();
    }

    /** Values, exceptions and classes of static functions run wherever they are used; a nested class where its owner runs. */
    private static boolean hasAThread(JavaClass type) {
        boolean value = type.isInterface() || type.isEnum() || type.isRecord() || type.isAssignableTo(Throwable.class);
        boolean functions = type.getFields().stream().allMatch(ArchitectureIT::isStatic)
                && type.getMethods().stream().allMatch(ArchitectureIT::isStatic)
                && type.getRawSuperclass()
                        .filter(parent -> !parent.isEquivalentTo(Object.class))
                        .isEmpty();
        return type.isTopLevelClass() && !value && !functions;
    }

    private static boolean isStatic(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.STATIC);
    }

    private static boolean runsOn(JavaClass type, Runner runner) {
        return type.isAnnotatedWith(RunsOn.class)
                && type.getAnnotationOfType(RunsOn.class).value() == runner;
    }
}
