# Each target is one line that a person could type; ./strowger test runs everything.
MVN ?= mvn -B -ntp
T   ?= 60s
B   ?= .
NONE_IS_FINE = -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

.PHONY: check fix it e2e fuzz bench run

check:  ## format, compile with every check, unit tests
	./strowger test --quick
fix:    ## put the sources into the house format
	$(MVN) -q spotless:apply
it:     ## the above and the integration tests, without e2e
	$(MVN) verify -pl proxy -am
e2e:    ## the packaged program between real clients and servers
	$(MVN) verify -pl e2e -am -Dtest=none -Dit.test='org.strowger.e2e.*IT' $(NONE_IS_FINE)
fuzz:   ## each fuzz target of sip for T (default 60s)
	$(MVN) test -pl sip -Pfuzz -Dfuzz=1 -Djazzer.max_duration=$(T)
bench:  ## JMH benchmarks whose name matches B
	$(MVN) -q package -DskipTests -pl benchmarks -am && benchmarks/bin/jmh $(B)
run:    ## the demo
	./strowger demo
