# What sipp-report and compare-kamailio share; to be sourced. Everything started here dies with the script.
set -u
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=$(cd "$bench/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/strowger-bench.XXXXXX")
started=()

fail() { echo "$(basename "$0"): $*" >&2; exit 2; }
need() { local tool; for tool in "$@"; do command -v "$tool" > /dev/null || fail "$tool is missing (expected: installed)"; done; }

# Runs the script again in a network namespace of its own (root only): no port can clash with anything on this machine.
own_network() {
    [ "$(id -u)" = 0 ] && [ -z "${STROWGER_BENCH_NETNS:-}" ] && command -v unshare > /dev/null || return 0
    rm -rf "$work"
    STROWGER_BENCH_NETNS=1 exec unshare -n -- bash -c 'ip link set lo up 2> /dev/null; exec "$@"' sh "$0" "$@"
}

# The newest Java below /usr/lib/jvm, else the one on the PATH; JAVA=... decides otherwise.
find_java() {
    local release version best=0
    java=${JAVA:-java}
    [ -n "${JAVA:-}" ] && return 0
    for release in /usr/lib/jvm/*/release; do
        [ -x "$(dirname "$release")/bin/java" ] || continue
        version=$(sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' "$release")
        if [ "${version:-0}" -gt "$best" ]; then best=$version; java=$(dirname "$release")/bin/java; fi
    done
}

# spawn LOG COMMAND...: starts a command in the background; its process id is in $spawned.
spawn() {
    local log=$1; shift
    "$@" > "$log" 2>&1 < /dev/null &
    spawned=$!
    started+=("$spawned")
}

tree() { local child; echo "$1"; for child in $(cat /proc/"$1"/task/*/children 2> /dev/null); do tree "$child"; done; }

# stop_process PID: ends a process and its children, the hard way after three seconds.
stop_process() {
    local pids pid
    pids=$(tree "$1")
    kill "$1" 2> /dev/null
    for _ in $(seq 30); do [ -d "/proc/$1" ] || break; sleep 0.1; done
    for pid in $pids; do [ -d "/proc/$pid" ] && kill -9 "$pid" 2> /dev/null; done
    wait "$1" 2> /dev/null
}

cleanup() { local pid; for pid in "${started[@]:-}"; do [ -n "$pid" ] && [ -d "/proc/$pid" ] && stop_process "$pid"; done; [ -n "${KEEP:-}" ] || rm -rf "$work"; }
trap cleanup EXIT
trap 'exit 130' INT TERM

# CPU time of processes and their children in clock ticks (user + system, from /proc/PID/stat).
cpu_ticks() {
    local pid
    for pid in $(tree "$1"); do cat "/proc/$pid/stat" 2> /dev/null; done |
        awk '{ sub(/^.*\) /, ""); ticks += $12 + $13 } END { print ticks + 0 }'
}

# start_strowger CONFIG ADMIN [COMMAND PREFIX...]: starts the packaged program and waits until it is ready; pid in $proxy.
start_strowger() {
    local config=$1 admin=$2; shift 2
    local jar=$root/proxy/target/strowger.jar
    [ -r "$jar" ] || [ -n "${STROWGER:-}" ] || fail "$jar is missing (expected: built by mvn package)"
    local options="@$root/conf/jvm.options"
    "$java" "@$root/conf/jvm-23.options" -version > /dev/null 2>&1 && options+=" @$root/conf/jvm-23.options"
    # shellcheck disable=SC2086  # JAVA_OPTS and STROWGER are lists of words
    spawn "$work/strowger.log" "$@" ${STROWGER:-$java $options ${JAVA_OPTS:-} -jar $jar} run "$config"
    proxy=$spawned
    for _ in $(seq 300); do
        curl -fs -o /dev/null "http://$admin/ready" && return 0
        [ -d "/proc/$proxy" ] || break
        sleep 0.1
    done
    cat "$work/strowger.log" >&2
    fail "strowger did not become ready"
}

# Last value of a column in a file of SIPp statistics.
column() { awk -F';' -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } END { print (c ? $c : 0) + 0 }' "$1"; }
# Sum of the last values of all columns that match.
columns() { awk -F';' -v re="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ re) c[i] = 1 } END { for (i in c) s += $i; print s + 0 }' "$1"; }
# percentile FILE... P: of the response times in SIPp -trace_rtt files, in milliseconds.
percentile() {
    local p=${*: -1}
    cat "${@:1:$#-1}" 2> /dev/null | awk -F';' '$2 ~ /^[0-9.]+$/ { print $2 }' | sort -n |
        awk -v p="$p" '{ v[NR] = $1 } END { i = int(NR * p / 100 + 0.999); if (i < 1) i = 1; print NR ? v[i] : "-" }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print NR ? (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) : "-" }'; }
